import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectWire, publishPacket } from '../broker/wire.ts';
import { LOCAL_TIME } from '../rest/support/profiles.ts';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { ask } from './ask.ts';

const NEVER = 4_294_967_295;

let gateway: TestGateway;
let startedAt: number;
let leftAt: number;

/**
 * `away` was sent 3 messages and acknowledged 1, published one of QoS 2 without releasing it, and left; of the 4 messages
 * that came since, its queue of 3 dropped the oldest.
 */
beforeAll(async () => {
  gateway = await startGateway(`mqtt: {session_expiry_interval: ${NEVER}}`, {
    BROKERQL_MAX_MQUEUE_LEN: '3',
    BROKERQL_REST_PROFILE: '3.2',
  });
  startedAt = Date.now();
  const publisher = await gateway.connect({ clientId: 'publisher' });
  const publish = (payload: string) => publisher.publishAsync('work', payload, { qos: 1 });
  const away = await connectWire(gateway, { clientId: 'away', clean: false });
  await away.subscribe(['work', 1]);
  for (const payload of ['1', '2', '3']) {
    const arrived = away.next('publish');
    await publish(payload);
    const { messageId } = await arrived;
    if (payload === '1') away.write({ cmd: 'puback', messageId: messageId ?? 0 });
  }
  await away.ask(publishPacket('elsewhere', 2, 9), 'pubrec');
  await away.disconnect();
  await eventually(() => gateway.gateway.broker.registry.connectionsCount === 1, 'the client to leave');
  leftAt = Date.now();
  for (const payload of ['4', '5', '6', '7']) await publish(payload);
});

afterAll(() => gateway.close());

/** What both APIs tell of a session: the name in GraphQL, the key in REST, of the one that is away, of the clean one. */
const figures: readonly (readonly [string, string, unknown, unknown])[] = [
  ['cleanSession', 'clean_start', false, true],
  ['queuedCount', 'mqueue_len', 3, 0],
  ['maxQueued', 'max_mqueue', 3, 3],
  ['inflightCount', 'inflight_len', 2, 0],
  ['awaitingReleaseCount', 'awaiting_rel_len', 1, 0],
  ['droppedCount', 'mqueue_dropped', 1, 0],
  ['deliveredCount', 'deliver_msg', 3, 0],
  ['enqueuedCount', 'enqueue_msg', 4, 0],
  ['subscriptionsCount', 'subscriptions_count', 1, 0],
  ['expiryInterval', 'expiry_interval', NEVER, 0],
];

describe.each([
  ['a persistent session whose client is away', 'away', 0],
  ['a clean session', 'publisher', 1],
] as const)('%s', (_what, clientId, column) => {
  test.each(figures)('shows %s, as %s of REST', async (name, key, ...values) => {
    const expected = values[column];
    const query = `query ($id: ID!) { session(clientId: $id) { ${name} } }`;
    expect(await ask(gateway, query, { id: clientId })).toEqual({ session: { [name]: expected } });
    expect((await gateway.rest(`/sessions/${clientId}`)).json).toMatchObject({ data: [{ [key]: expected }] });
  });
});

describe('the times of a session whose client is away', () => {
  test('are when it began and when its client left', async () => {
    const { session } = await ask<{ session: { createdAt: string; disconnectedAt: string } }>(
      gateway,
      '{ session(clientId: "away") { createdAt disconnectedAt } }',
    );
    const [createdAt, disconnectedAt] = [Date.parse(session.createdAt), Date.parse(session.disconnectedAt)];
    expect(createdAt).toBeGreaterThanOrEqual(startedAt);
    expect(disconnectedAt).toBeGreaterThanOrEqual(createdAt);
    expect(disconnectedAt).toBeLessThanOrEqual(leftAt);
    expect((await gateway.rest('/sessions/away')).json).toMatchObject({ data: [{ created_at: LOCAL_TIME }] });
  });

  test('and its figures stay while nobody comes back', async () => {
    const query = '{ sessions(filter: { connected: false, cleanSession: false }) { items { clientId queuedCount } } }';
    expect(await ask(gateway, query)).toEqual({ sessions: { items: [{ clientId: 'away', queuedCount: 3 }] } });
  });
});
