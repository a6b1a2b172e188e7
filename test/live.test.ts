import { once } from 'node:events';
import { type Client, type ClientOptions, createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ADMIN_AUTHORIZATION, APP_AUTHORIZATION, startGateway, type TestGateway } from './support/gateway.ts';

describe('GraphQL over WebSocket', () => {
  let gateway: TestGateway;
  const clients: Client[] = [];

  beforeAll(async () => {
    gateway = await startGateway();
  });

  afterAll(async () => {
    await Promise.all(clients.map((client) => client.dispose()));
    await gateway.close();
  });

  const url = (base: string): string => `${base.replace('http', 'ws')}/graphql`;

  const connect = (options: Partial<ClientOptions> = {}, base = gateway.httpUrl): Client => {
    const client = createClient({
      url: url(base),
      webSocketImpl: WebSocket,
      connectionParams: { authorization: APP_AUTHORIZATION },
      retryAttempts: 0,
      ...options,
    });
    clients.push(client);
    return client;
  };

  test('follows the gauges: the present ones at once, then each change', async () => {
    const query = 'subscription { stats(intervalMs: 100) { connectionsCount sessionsCount } }';
    const values = connect().iterate<{ stats: unknown[] }>({ query });
    expect((await values.next()).value?.data).toEqual({ stats: [{ connectionsCount: 0, sessionsCount: 0 }] });
    const client = await gateway.connect({ clientId: 'a' });
    expect((await values.next()).value?.data).toEqual({ stats: [{ connectionsCount: 1, sessionsCount: 1 }] });
    await client.endAsync();
    expect((await values.next()).value?.data).toEqual({ stats: [{ connectionsCount: 0, sessionsCount: 0 }] });
    await values.return?.();
  });

  test('follows the counters', async () => {
    const query = 'subscription { metrics(intervalMs: 100) { packetsPingreqReceived messagesReceived } }';
    const values = connect().iterate<{ metrics: { messagesReceived: number }[] }>({ query });
    const before = (await values.next()).value?.data?.metrics[0]?.messagesReceived ?? Number.NaN;
    const client = await gateway.connect({ clientId: 'b' });
    await client.publishAsync('t', 'x', { qos: 1 });
    const after = (await values.next()).value?.data?.metrics[0]?.messagesReceived;
    expect(after).toBe(before + 1);
    await values.return?.();
  });

  test('answers queries and mutations too, on the port of the dashboard with its user', async () => {
    const client = connect({ connectionParams: { authorization: ADMIN_AUTHORIZATION } }, gateway.dashboardUrl);
    const { value } = await client.iterate({ query: '{ nodes { name } }' }).next();
    expect(value?.data).toEqual({ nodes: [{ name: 'brokerql@127.0.0.1' }] });
  });

  test('refuses an interval out of its range with the value in the sentence', async () => {
    const values = connect().iterate({ query: 'subscription { stats(intervalMs: 5) { connectionsCount } }' });
    expect((await values.next()).value?.errors).toMatchObject([
      {
        message: 'intervalMs must be from 100 to 60000, not 5',
        extensions: { code: 'BAD_USER_INPUT', argument: 'intervalMs', value: '5' },
      },
    ]);
  });

  test.each([
    ['4401 without credentials', {}, 4401],
    ['4403 with refused ones', { authorization: 'Basic bm9ib2R5OngK' }, 4403],
    ['4403 with unparsable ones', { authorization: 'nonsense' }, 4403],
  ])('closes with %s', async (_, connectionParams, code) => {
    const closed = new Promise<{ code: number }>((resolve) => {
      const client = connect({
        connectionParams,
        lazy: false,
        on: { closed: (event) => resolve(event as { code: number }) },
      });
      client.on('error', () => {});
    });
    expect((await closed).code).toBe(code);
  });

  test('is nowhere but at /graphql', async () => {
    const socket = new WebSocket(`${gateway.httpUrl.replace('http', 'ws')}/elsewhere`, 'graphql-transport-ws');
    const [error] = await once(socket, 'error');
    expect((error as Error).message).toBe('Unexpected server response: 404');
  });
});

describe('GraphQL over server-sent events', () => {
  test('follows the gauges', async () => {
    const gateway = await startGateway();
    const abort = new AbortController();
    const response = await fetch(`${gateway.httpUrl}/graphql`, {
      method: 'POST',
      signal: abort.signal,
      headers: {
        authorization: APP_AUTHORIZATION,
        accept: 'text/event-stream',
        'content-type': 'application/json',
      },
      body: JSON.stringify({ query: 'subscription { stats { connectionsMax } }' }),
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('\n\n', text.indexOf('data:'))) text += (await reader.read()).value ?? '';
    expect(text).toContain('event: next\ndata: {"data":{"stats":[{"connectionsMax":0}]}}');
    abort.abort();
    await gateway.close();
  });
});
