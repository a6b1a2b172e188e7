import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventually, NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { type Following, overBoth as follow } from './doors.ts';

interface Event {
  readonly __typename: string;
  readonly clientId: string;
  readonly cursor: string;
}

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway('mqtt: {refused_filters: [secret/#], session_expiry_interval: 2}');
});

afterAll(() => gateway.close());

const connections = (filter: object, after: string | null = null): Promise<Following<{ connectionEvents: Event }>> =>
  follow(
    gateway.httpUrl,
    `subscription ($filter: EventFilter, $after: String) {
      connectionEvents(filter: $filter, after: $after) {
        __typename clientId username ipAddress nodeName cursor
        ... on ClientConnected { protocolVersion cleanSession keepalive transport }
        ... on ClientDisconnected { reason }
        ... on ClientRefused { kind action topic message }
      }
    }`,
    { variables: { filter, after } },
  );

const executions = (): number => gateway.gateway.live.counts.executions;

afterEach(() => eventually(() => executions() === 0, 'the subscriptions to end'));

const eventOf = async (following: Following<{ connectionEvents: Event }>): Promise<Event> =>
  (await following.data()).connectionEvents;

describe('connectionEvents', () => {
  test('tells of a client that connects, and of its DISCONNECT', async () => {
    await using following = await connections({ clientId: 'a' });
    const client = await gateway.connect({ clientId: 'a', username: 'alice', keepalive: 77 });
    expect(await eventOf(following)).toEqual({
      __typename: 'ClientConnected',
      clientId: 'a',
      username: 'alice',
      ipAddress: '127.0.0.1',
      nodeName: NODE,
      cursor: expect.any(String),
      protocolVersion: 4,
      cleanSession: true,
      keepalive: 77,
      transport: 'TCP',
    });
    await client.endAsync();
    expect(await eventOf(following)).toMatchObject({ __typename: 'ClientDisconnected', reason: 'closed' });
  });

  test('tells of a client that is kicked, and of one whose client id connects again', async () => {
    await using following = await connections({ clientIdPrefix: 'kicked-' });
    await gateway.connect({ clientId: 'kicked-b' });
    expect(await eventOf(following)).toMatchObject({ __typename: 'ClientConnected' });
    await gateway.rest('/connections/kicked-b', { method: 'DELETE' });
    expect(await eventOf(following)).toMatchObject({ __typename: 'ClientKicked', clientId: 'kicked-b' });
    await gateway.connect({ clientId: 'kicked-b' });
    expect(await eventOf(following)).toMatchObject({ __typename: 'ClientConnected' });
    await gateway.connect({ clientId: 'kicked-b' });
    expect(await eventOf(following)).toMatchObject({ __typename: 'ClientTakenOver' });
    expect(await eventOf(following)).toMatchObject({ __typename: 'ClientConnected' });
  });

  test('tells of what is refused to a client, each time', async () => {
    await using following = await connections({ clientId: 'c' });
    const client = await gateway.connect({ clientId: 'c' });
    await following.next();
    for (let i = 0; i < 2; i++) {
      await client.subscribeAsync('secret/#').catch(() => {});
      expect(await eventOf(following)).toMatchObject({
        __typename: 'ClientRefused',
        kind: 'ACL',
        action: 'SUBSCRIBE',
        topic: 'secret/#',
        message: "not authorized to subscribe to 'secret/#'",
      });
    }
  });

  test('leaves out whom the filter does not let through', async () => {
    await using following = await connections({ username: 'dora' });
    await gateway.connect({ clientId: 'd1', username: 'other' });
    await gateway.connect({ clientId: 'd2', username: 'dora' });
    expect(await eventOf(following)).toMatchObject({ clientId: 'd2' });
  });

  test('goes on behind a cursor, and loses and repeats nothing', async () => {
    const seen: string[] = [];
    let after: string;
    {
      await using following = await connections({ clientIdPrefix: 'e' });
      const client = await gateway.connect({ clientId: 'e0' });
      const event = await eventOf(following);
      seen.push(event.clientId);
      after = event.cursor;
      await client.endAsync();
      await following.next();
    }
    const away = ['e1', 'e2', 'e3'];
    for (const clientId of away) await gateway.connect({ clientId });
    await using following = await connections({ clientIdPrefix: 'e' }, after);
    const types: string[] = [];
    for (let i = 0; i < 4; i++) {
      const { __typename, clientId } = await eventOf(following);
      types.push(`${__typename} ${clientId}`);
    }
    await gateway.connect({ clientId: 'e4' });
    types.push((await eventOf(following)).clientId);
    expect(types).toEqual([
      'ClientDisconnected e0',
      'ClientConnected e1',
      'ClientConnected e2',
      'ClientConnected e3',
      'e4',
    ]);
  });

  test.each(['nonsense', '', 'deadbeef-3', '0-999999999999999999'])('refuses the cursor %j', async (after) => {
    await using following = await connections({}, after);
    const payload = await following.next();
    expect(payload?.errors).toMatchObject([
      { extensions: { code: 'CURSOR_EXPIRED', argument: 'after', value: after, oldestCursor: expect.any(String) } },
    ]);
    const oldest = String(payload?.errors?.[0]?.extensions?.oldestCursor);
    await using again = await connections({}, oldest);
    expect((await eventOf(again)).__typename).toMatch(/^Client/);
  });

  test('tells of a connection that breaks', async () => {
    await using following = await connections({ clientId: 'f' });
    const client = await gateway.connect({ clientId: 'f' });
    await following.next();
    client.stream.destroy();
    expect(await eventOf(following)).toMatchObject({ __typename: 'ClientDisconnected', reason: 'tcp_closed' });
  });
});

describe('sessionEvents', () => {
  test('tells of a session that begins, is discarded, is cleaned and expires', async () => {
    await using following = await follow<{ sessionEvents: Event }>(
      gateway.httpUrl,
      `subscription {
        sessionEvents(filter: {clientId: "g"}) { __typename clientId cleanSession ... on SessionEnded { reason } }
      }`,
    );
    const seen: unknown[] = [];
    const next = async (): Promise<void> => void seen.push((await following.data()).sessionEvents);
    const persistent = await gateway.connect({ clientId: 'g', clean: false });
    await next();
    await persistent.endAsync();
    const clean = await gateway.connect({ clientId: 'g', clean: true });
    await next();
    await next();
    await clean.endAsync();
    await next();
    const left = await gateway.connect({ clientId: 'g', clean: false });
    await next();
    await left.endAsync();
    await next();
    const session = (type: string, cleanSession: boolean, more = {}) => ({
      __typename: type,
      clientId: 'g',
      cleanSession,
      ...more,
    });
    expect(seen).toEqual([
      session('SessionCreated', false),
      session('SessionEnded', false, { reason: 'DISCARDED' }),
      session('SessionCreated', true),
      session('SessionEnded', true, { reason: 'CLOSED' }),
      session('SessionCreated', false),
      session('SessionExpired', false),
    ]);
  });

  test('tells of a session that somebody cleans', async () => {
    const gone = await gateway.connect({ clientId: 'h', clean: false });
    await gone.endAsync();
    await using following = await follow<{ sessionEvents: Event }>(
      gateway.httpUrl,
      'subscription { sessionEvents(filter: {clientId: "h"}) { __typename ... on SessionEnded { reason } } }',
    );
    const { sessionsById } = gateway.gateway.broker.registry;
    await eventually(() => sessionsById.get('h')?.connected === false, 'the connection to be gone');
    await gateway.graphql('mutation { cleanSession(input: {clientId: "h"}) { clientId } }');
    expect((await following.data()).sessionEvents).toEqual({ __typename: 'SessionEnded', reason: 'CLEANED' });
  });
});

describe('subscriptionEvents', () => {
  test('tells of subscriptions that begin and end, whoever asked for them', async () => {
    await using following = await follow<{ subscriptionEvents: unknown }>(
      gateway.httpUrl,
      `subscription {
        subscriptionEvents(filter: {topicFilter: "a/+"}) {
          __typename clientId ipAddress topicFilter ... on ClientSubscribed { qos }
        }
      }`,
    );
    const client = await gateway.connect({ clientId: 'i' });
    await client.subscribeAsync('b/+', { qos: 1 });
    await client.subscribeAsync('a/+', { qos: 1 });
    const about = { clientId: 'i', ipAddress: '127.0.0.1', topicFilter: 'a/+' };
    expect((await following.data()).subscriptionEvents).toEqual({ __typename: 'ClientSubscribed', ...about, qos: 1 });
    await gateway.rest('/mqtt/unsubscribe', { method: 'POST', body: { client_id: 'i', topic: 'a/+' } });
    expect((await following.data()).subscriptionEvents).toEqual({ __typename: 'ClientUnsubscribed', ...about });
  });
});
