import { createOutbound } from '../../net/outbound.ts';
import type { Sender } from './sender.ts';

/** Milliseconds that the Pushgateway may take at least, and at most, whatever the interval. */
const SHORTEST = 1000;
const LONGEST = 5000;
/** Bytes of its answer, which nobody reads. */
const LONGEST_ANSWER = 65_536;

/**
 * Posts to a Pushgateway as EMQ X 3 does: of the node `brokerql@10.0.0.7` to
 * `/metrics/job/brokerql/instance/brokerql~10.0.0.7`, so that what another node posted stays.
 */
export function createPushGateway(
  server: string,
  nodeName: string,
  { interval, allowLinkLocal }: { readonly interval: number; readonly allowLinkLocal: boolean },
): Sender {
  const [name = '', host = ''] = nodeName.split('@');
  const [job, instance] = [name, `${name}~${host}`].map(encodeURIComponent);
  const url = new URL(`${server.replace(/\/+$/, '')}/metrics/job/${job}/instance/${instance}`);
  const timeout = Math.min(Math.max(interval, SHORTEST), LONGEST);
  const outbound = createOutbound({
    ...{ connections: 1, maxPending: 1, connectTimeout: timeout, timeout, maxAnswer: LONGEST_ANSWER },
    allowLinkLocal,
  });
  return {
    target: `the Pushgateway at ${server}`,
    async send(exposition) {
      const { contentType, text } = await exposition.text();
      const headers = { 'content-type': contentType };
      const { status } = await outbound.request({ method: 'POST', url, headers, body: text, resends: 1 });
      if (status < 200 || status > 299) throw new Error(`it answered with status ${status}`);
    },
    close: () => outbound.close(),
  };
}
