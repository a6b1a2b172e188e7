import mqtt, { type IConnackPacket, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { ask, refusal } from './ask.ts';
import { Inbox } from './inbox.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(() => gateway.close());

const kick = 'mutation ($id: ID!) { kickConnection(input: { clientId: $id }) { clientId } }';
const kickMany = `mutation ($target: TargetInput!) { kickConnections(input: { target: $target }) {
  kickedCount faults { clientId fault { code message } }
} }`;
const clean = 'mutation ($id: ID!, $node: ID) { cleanSession(input: { clientId: $id, node: $node }) { clientId } }';

const closed = (client: MqttClient) => new Promise<void>((resolve) => client.once('close', resolve));

async function rows(list: 'connections' | 'sessions'): Promise<string[]> {
  type Answer = Record<string, { items: { clientId: string }[] }>;
  const answer = await ask<Answer>(gateway, `{ ${list} { items { clientId } } }`);
  return answer[list]?.items.map(({ clientId }) => clientId) ?? [];
}

/** Ends what a test left behind. */
async function clear(...clients: MqttClient[]): Promise<void> {
  for (const client of clients) await client.endAsync(true);
  await eventually(async () => (await rows('connections')).length === 0, 'the clients to leave');
  for (const clientId of await rows('sessions')) await ask(gateway, clean, { id: clientId });
}

describe('kickConnection', () => {
  test('closes the connection, ends a clean session and publishes the will', async () => {
    const witness = await gateway.connect({ clientId: 'witness' });
    const inbox = new Inbox(witness);
    await witness.subscribeAsync('wills');
    const will = { topic: 'wills', payload: Buffer.from('gone'), qos: 0, retain: false } as const;
    const client = await gateway.connect({ clientId: 'clean', will });
    const end = closed(client);
    expect(await ask(gateway, kick, { id: 'clean' })).toEqual({ kickConnection: { clientId: 'clean' } });
    expect(await rows('connections')).toEqual(['witness']);
    expect(await rows('sessions')).toEqual(['witness']);
    await end;
    expect(await inbox.next()).toMatchObject({ topic: 'wills', payload: 'gone' });
    await clear(witness);
  });

  test('leaves a persistent session, with its subscriptions', async () => {
    const client = await gateway.connect({ clientId: 'kept', clean: false });
    await client.subscribeAsync('a', { qos: 1 });
    await ask(gateway, kick, { id: 'kept' });
    expect(await ask(gateway, '{ session(clientId: "kept") { connected subscriptions { topicFilter } } }')).toEqual({
      session: { connected: false, subscriptions: [{ topicFilter: 'a' }] },
    });
    await clear(client);
  });

  test('refuses a client that is not connected', async () => {
    expect(await refusal(gateway, kick, { id: 'nobody' })).toEqual({
      code: 'CLIENT_NOT_ONLINE',
      message: "client 'nobody' is not online",
      data: null,
    });
  });
});

describe('kickConnections', () => {
  const connect = (...clientIds: string[]) => Promise.all(clientIds.map((clientId) => gateway.connect({ clientId })));

  test('closes one connection by its client id', async () => {
    const clients = await connect('a', 'b');
    expect(await ask(gateway, kickMany, { target: { clientId: 'a' } })).toEqual({
      kickConnections: { kickedCount: 1, faults: [] },
    });
    expect(await rows('connections')).toEqual(['b']);
    await clear(...clients);
  });

  test('closes many by their client ids, and names those that are not connected', async () => {
    const clients = await connect('a', 'b', 'c');
    expect(await ask(gateway, kickMany, { target: { clientIds: ['c', 'nobody', 'a', 'a'] } })).toEqual({
      kickConnections: {
        kickedCount: 2,
        faults: [
          { clientId: 'nobody', fault: { code: 'CLIENT_NOT_ONLINE', message: "client 'nobody' is not online" } },
          { clientId: 'a', fault: { code: 'CLIENT_NOT_ONLINE', message: "client 'a' is not online" } },
        ],
      },
    });
    expect(await rows('connections')).toEqual(['b']);
    await clear(...clients);
  });

  test('closes those that match a filter', async () => {
    const clients = await connect('lamp-1', 'lamp-2', 'door-1');
    expect(await ask(gateway, kickMany, { target: { filter: { clientIdPrefix: 'lamp-' } } })).toEqual({
      kickConnections: { kickedCount: 2, faults: [] },
    });
    expect(await rows('connections')).toEqual(['door-1']);
    expect(await ask(gateway, kickMany, { target: { filter: { clientIdPrefix: 'lamp-' } } })).toEqual({
      kickConnections: { kickedCount: 0, faults: [] },
    });
    await clear(...clients);
  });

  test.each([{}, { clientId: null, username: null }])('refuses the empty filter %j', async (filter) => {
    const [client] = await connect('a');
    const answer = await refusal(gateway, kickMany, { target: { filter } });
    expect(answer).toMatchObject({ code: 'BAD_USER_INPUT', data: null });
    expect(answer.message).toMatch(/^filter must be a filter with at least one field, not \{/);
    expect(await rows('connections')).toEqual(['a']);
    await clear(client!);
  });

  test.each([
    ['no target', {}],
    ['two targets', { clientId: 'a', filter: { clientIdPrefix: 'a' } }],
    ['a target that is null', { clientId: null }],
  ])('refuses %s', async (_what, target) => {
    expect((await refusal(gateway, kickMany, { target })).code).toBe('BAD_USER_INPUT');
  });

  test('takes at most 1000 client ids', async () => {
    expect(await refusal(gateway, kickMany, { target: { clientIds: Array(1001).fill('x') } })).toEqual({
      code: 'LIMIT_EXCEEDED',
      message: 'clientIds has 1001 items; the limit is 1000',
      data: null,
    });
  });
});

describe('cleanSession', () => {
  test('ends a session whose client is away: its subscriptions and messages are gone', async () => {
    const client = await gateway.connect({ clientId: 'away', clean: false });
    await client.subscribeAsync('mail', { qos: 1 });
    await client.endAsync();
    await eventually(async () => (await rows('connections')).length === 0, 'the client to leave');
    await ask(gateway, 'mutation { publish(input: { topic: "mail", qos: 1 }) { topic } }');
    expect(await ask(gateway, '{ session(clientId: "away") { queuedCount } }')).toEqual({
      session: { queuedCount: 1 },
    });
    expect(await ask(gateway, clean, { id: 'away' })).toEqual({ cleanSession: { clientId: 'away' } });
    expect(await rows('sessions')).toEqual([]);
    expect(await ask(gateway, '{ subscriptions { meta { count } } routes { meta { count } } }')).toEqual({
      subscriptions: { meta: { count: 0 } },
      routes: { meta: { count: 0 } },
    });
    const back = mqtt.connect(gateway.mqttUrl, { clientId: 'away', clean: false, reconnectPeriod: 0 });
    const connack = await new Promise<IConnackPacket>((resolve) => back.once('connect', resolve));
    expect(connack).toMatchObject({ sessionPresent: false });
    expect(await ask(gateway, '{ session(clientId: "away") { queuedCount subscriptionsCount } }')).toEqual({
      session: { queuedCount: 0, subscriptionsCount: 0 },
    });
    await clear(back);
  });

  test('refuses a session whose client is connected', async () => {
    const client = await gateway.connect({ clientId: 'busy', clean: false });
    expect(await refusal(gateway, clean, { id: 'busy' })).toEqual({
      code: 'SESSION_RUNNING',
      message: "client 'busy' is connected; its session is in use",
      data: null,
    });
    expect(await rows('sessions')).toEqual(['busy']);
    await clear(client);
  });

  test('refuses a client without a session, and an unknown node', async () => {
    expect(await refusal(gateway, clean, { id: 'nobody' })).toEqual({
      code: 'SESSION_NOT_FOUND',
      message: "client 'nobody' has no session",
      data: null,
    });
    expect((await refusal(gateway, clean, { id: 'nobody', node: 'nowhere' })).code).toBe('NOT_FOUND');
  });
});

describe('cleanAclCache', () => {
  const forget = 'mutation ($id: ID!, $t: String!) { cleanAclCache(input: { clientId: $id, topic: $t }) { clientId } }';

  test('answers the client id of a connected client', async () => {
    const client = await gateway.connect({ clientId: 'acl' });
    expect(await ask(gateway, forget, { id: 'acl', t: 'a/#' })).toEqual({ cleanAclCache: { clientId: 'acl' } });
    expect((await refusal(gateway, forget, { id: 'acl', t: 'a#' })).code).toBe('BAD_USER_INPUT');
    await clear(client);
  });

  test('refuses a client that is not connected', async () => {
    expect(await refusal(gateway, forget, { id: 'nobody', t: 'a' })).toEqual({
      code: 'CLIENT_NOT_ONLINE',
      message: "client 'nobody' is not online",
      data: null,
    });
  });
});
