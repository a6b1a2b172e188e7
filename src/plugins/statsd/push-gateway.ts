import { Agent, request } from 'undici';
import type { Sender } from './sender.ts';

/** Milliseconds that the Pushgateway may take. */
const PATIENCE = 5000;

/**
 * Posts to a Pushgateway as EMQ X 3 does: of the node `brokerql@10.0.0.7` to
 * `/metrics/job/brokerql/instance/brokerql~10.0.0.7`, so that what another node posted stays.
 */
export function createPushGateway(server: string, nodeName: string): Sender {
  const [name = '', host = ''] = nodeName.split('@');
  const [job, instance] = [name, `${name}~${host}`].map(encodeURIComponent);
  const url = `${server.replace(/\/+$/, '')}/metrics/job/${job}/instance/${instance}`;
  const agent = new Agent({ connect: { timeout: PATIENCE }, pipelining: 1, connections: 1 });
  return {
    target: `the Pushgateway at ${server}`,
    async send(exposition) {
      const { contentType, text } = await exposition.text();
      const { statusCode, body } = await request(url, {
        method: 'POST',
        headers: { 'content-type': contentType },
        body: text,
        dispatcher: agent,
        signal: AbortSignal.timeout(PATIENCE),
      });
      await body.dump({ limit: 65_536 });
      if (statusCode < 200 || statusCode > 299) throw new Error(`it answered with status ${statusCode}`);
    },
    close: () => agent.destroy(),
  };
}
