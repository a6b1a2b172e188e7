import { Caller } from '../caller.ts';
import { AUTHORIZATION } from '../house.ts';
import { Follower } from '../wire/follower.ts';

/** Reads a table in a process of its own: follows it, or asks for the same page every second. */

const FIELDS = 'clientId username ipAddress connectedAt keepalive messagesReceived bytesReceived';
const [how, port = '', order = ''] = process.argv.slice(2);

const poll = async (): Promise<void> => {
  const page = order.includes('CLIENT_ID') ? 'filter: {clientIdPrefix: ""}' : 'page: {page: 1000}';
  const query = `{ connections(${page}) { items { ${FIELDS} } meta { count } } }`;
  const body = JSON.stringify({ query });
  const lines = [
    'POST /graphql HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    `Authorization: ${AUTHORIZATION}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  const caller = await Caller.connect(Number(port), `${lines.join('\r\n')}\r\n\r\n${body}`);
  await caller.call();
  setInterval(() => void caller.call(), 1000);
};

const follow = async (): Promise<void> => {
  const query = `subscription {
    connectionPageUpdates(orderBy: ${order}) {
      ... on ConnectionPageSnapshot { items { ${FIELDS} } meta { count } }
      ... on ConnectionPagePatch {
        removed { clientId } added { index item { ${FIELDS} } } changed { ${FIELDS} } count
      }
    }
  }`;
  await Follower.open({ port: Number(port), authorization: AUTHORIZATION, query }, () => {});
};

await (how === 'poll' ? poll() : follow());
process.send?.('ready');
process.on('disconnect', () => process.exit());
