import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawRequest } from '../bad-input/support/raw-http.ts';
import { eventually, NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { CLIENT_IDS, escaped, segment, titleOf } from './names.ts';

const BY_ID = `query ($id: ID!, $text: String!) {
  connection(clientId: $id) { clientId username session { clientId } subscriptions { clientId topicFilter } }
  session(clientId: $id) { clientId connection { clientId } }
  connectionsByClientId(clientIds: [$id, "nobody", $id]) { clientId }
  subscriptionsByClientId(clientId: $id) { clientId topicFilter }
  connections(filter: { clientId: $id }) { items { clientId } meta { count } }
  prefix: connections(filter: { clientIdPrefix: $text }) { items { clientId } }
  fuzzy: sessions(filter: { clientIdContains: $text }) { items { clientId } }
  user: connections(filter: { username: $text }) { items { clientId } }
  subscriptions(filter: { clientId: $id }) { items { clientId topicFilter } }
}`;

const named = CLIENT_IDS.map((clientId) => [titleOf(clientId), clientId] as const);

describe('a client id', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway('', { BROKERQL_REST_PROFILE: '3.2' });
  });

  afterAll(() => gateway.close());

  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const { status, text } = await rawRequest(gateway.httpUrl, {
      method,
      path: `/api/v3${path}`,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect([status, path]).toEqual([200, path]);
    return JSON.parse(text);
  };

  const connect = (clientId: string): Promise<MqttClient> =>
    gateway.connect({ clientId, username: clientId, password: 'x', clean: false });

  const gone = (client: MqttClient): Promise<void> =>
    client.connected ? new Promise((resolve) => client.once('close', () => resolve())) : Promise.resolve();

  describe.each(named)('%s', (_, clientId) => {
    let client: MqttClient;
    const row = { client_id: clientId, node: NODE };
    const subscription = { client_id: clientId, topic: 'own/topic', qos: 1, node: NODE };

    beforeAll(async () => {
      client = await connect(clientId);
      await client.subscribeAsync('own/topic', { qos: 1 });
    });

    test('is found by REST, escaped as it must be and byte by byte', async () => {
      for (const write of [segment, escaped]) await isFound(write(clientId));
      expect(await call('GET', '/connections/')).toMatchObject({ data: [row], meta: { count: 1 } });
    });

    const isFound = async (id: string): Promise<void> => {
      const one = { code: 0, data: [expect.objectContaining({ ...row, username: clientId })] };
      for (const path of [
        `/connections/${id}`,
        `/nodes/${NODE}/connections/${id}`,
        `/connection/username/${id}`,
        `/nodes/${NODE}/connection/username/${id}`,
        `/sessions/${id}`,
        `/nodes/${NODE}/sessions/${id}`,
      ]) {
        expect(await call('GET', path)).toEqual(one);
      }
      for (const path of [`/subscriptions/${id}`, `/nodes/${NODE}/subscriptions/${id}`]) {
        expect(await call('GET', path)).toEqual({ code: 0, data: [subscription] });
      }
    };

    test('is found by GraphQL', async () => {
      const own = { clientId, topicFilter: 'own/topic' };
      expect(await gateway.graphql(BY_ID, { id: clientId, text: clientId })).toEqual({
        data: {
          connection: { clientId, username: clientId, session: { clientId }, subscriptions: [own] },
          session: { clientId, connection: { clientId } },
          connectionsByClientId: [{ clientId }, null, { clientId }],
          subscriptionsByClientId: [own],
          connections: { items: [{ clientId }], meta: { count: 1 } },
          prefix: { items: [{ clientId }] },
          fuzzy: { items: [{ clientId }] },
          user: { items: [{ clientId }] },
          subscriptions: { items: [own] },
        },
      });
    });

    test('is subscribed and unsubscribed by REST in body, query and batch', async () => {
      const subscriptions = async (): Promise<unknown> => {
        const { data } = (await call('GET', `/subscriptions/${segment(clientId)}`)) as { data: { topic: string }[] };
        return data.map(({ topic }) => topic);
      };
      const asked = { client_id: clientId, topic: 'asked/for' };
      expect(await call('POST', '/mqtt/subscribe', asked)).toEqual({ code: 0 });
      const query = `client_id=${segment(clientId)}&topic=asked/again`;
      expect(await call('POST', `/mqtt/subscribe?${query}`)).toEqual({ code: 0 });
      expect(await subscriptions()).toEqual(['own/topic', 'asked/for', 'asked/again']);
      expect(await call('POST', '/mqtt/unsubscribe', asked)).toEqual({ code: 0 });
      expect(await call('POST', `/mqtt/unsubscribe?${query}`)).toEqual({ code: 0 });
      expect(await subscriptions()).toEqual(['own/topic']);
      const batch = { code: 0, data: [{ ...asked, code: 0 }] };
      expect(await call('POST', '/mqtt/subscribe_batch', [asked])).toEqual(batch);
      expect(await subscriptions()).toEqual(['own/topic', 'asked/for']);
      expect(await call('POST', '/mqtt/unsubscribe_batch', [asked])).toEqual(batch);
      expect(await subscriptions()).toEqual(['own/topic']);
    });

    test('is subscribed and unsubscribed by GraphQL, and names a publisher', async () => {
      const mutation = `mutation ($id: ID!) {
        subscribe(input: { clientId: $id, topicFilters: [{ topicFilter: "asked" }] }) { subscriptions { clientId } }
        publish(input: { clientId: $id, topic: "asked", payload: { text: "x" } }) { topic }
        unsubscribe(input: { clientId: $id, topicFilters: ["asked"] }) { clientId }
      }`;
      const heard = new Promise((resolve) => client.once('message', (topic) => resolve(topic)));
      expect(await gateway.graphql(mutation, { id: clientId })).toEqual({
        data: { subscribe: { subscriptions: [{ clientId }] }, publish: { topic: 'asked' }, unsubscribe: { clientId } },
      });
      expect(await heard).toBe('asked');
      const again = new Promise((resolve) => client.once('message', (topic) => resolve(topic)));
      expect(await call('POST', '/mqtt/publish', { client_id: clientId, topic: 'own/topic' })).toEqual({ code: 0 });
      expect(await again).toBe('own/topic');
    });

    test('is kicked and its session cleaned by REST, then by GraphQL', async () => {
      const id = segment(clientId);
      expect(await call('DELETE', `/connections/${id}`)).toEqual({ code: 0 });
      await gone(client);
      expect(await call('GET', `/connections/${id}`)).toEqual({ code: 0, data: [] });
      expect(await call('GET', `/sessions/${id}`)).toMatchObject({ data: [row] });
      expect(await call('DELETE', `/sessions/persistent/${id}`)).toEqual({ code: 0 });
      expect(await call('GET', '/sessions/')).toMatchObject({ data: [], meta: { count: 0 } });

      const second = await connect(clientId);
      const kick = 'mutation ($id: ID!) { kickConnection(input: { clientId: $id }) { clientId } }';
      expect(await gateway.graphql(kick, { id: clientId })).toEqual({ data: { kickConnection: { clientId } } });
      await gone(second);
      expect(await call('DELETE', `/nodes/${NODE}/sessions/persistent/${escaped(clientId)}`)).toEqual({ code: 0 });

      const third = await connect(clientId);
      const target = 'mutation ($id: ID!) { kickConnections(input: { target: { clientIds: [$id] } }) { kickedCount } }';
      expect(await gateway.graphql(target, { id: clientId })).toEqual({
        data: { kickConnections: { kickedCount: 1 } },
      });
      await gone(third);
      const clean = 'mutation ($id: ID!) { cleanSession(input: { clientId: $id }) { clientId } }';
      expect(await gateway.graphql(clean, { id: clientId })).toEqual({ data: { cleanSession: { clientId } } });
      expect(await call('GET', '/sessions/')).toMatchObject({ data: [], meta: { count: 0 } });
    });
  });

  test('that is empty is replaced for a clean session, and refused with CONNACK 2 for another', async () => {
    const client = await gateway.connect({ clientId: '', clean: true });
    const { data } = (await call('GET', '/connections/')) as { data: { client_id: string }[] };
    expect(data).toHaveLength(1);
    expect(data[0]?.client_id).not.toBe('');
    await client.endAsync();
    await eventually(
      async () => ((await call('GET', '/connections/')) as { data: unknown[] }).data.length === 0,
      'the client to be gone',
    );
    await expect(gateway.connect({ clientId: '', clean: false })).rejects.toThrow();
  });

  test('of 1025 bytes is refused with CONNACK 2', async () => {
    for (const clientId of ['x'.repeat(1025), `${'ü'.repeat(512)}x`]) {
      await expect(gateway.connect({ clientId })).rejects.toMatchObject({ code: 2 });
    }
    expect(await call('GET', '/sessions/')).toMatchObject({ data: [], meta: { count: 0 } });
  });
});

describe('DELETE /connections/:clientid/acl/:topic in 3.0-beta', () => {
  test('takes every client id and topic', async () => {
    const gateway = await startGateway();
    for (const clientId of CLIENT_IDS) {
      const client = await gateway.connect({ clientId });
      const path = `/api/v3/connections/${segment(clientId)}/acl/${segment('a/ü/😀%2F?')}`;
      const { status, text } = await rawRequest(gateway.httpUrl, { method: 'DELETE', path });
      expect([clientId, status, text]).toEqual([clientId, 200, '"ok"']);
      await client.endAsync();
    }
    await gateway.close();
  });
});
