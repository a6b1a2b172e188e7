import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectWire, publishPacket, type Wire } from '../broker/wire.ts';
import { ask, refusal } from '../graphql/ask.ts';
import { ADMIN_AUTHORIZATION, APP_AUTHORIZATION, NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { type HookServer, startHookServer } from './support/hook-server.ts';
import { samplesOf } from './support/scrape.ts';

let folder: string;
let gateway: TestGateway;

const open = async (profile = '3.0-beta'): Promise<void> => {
  gateway = await startGateway('', { BROKERQL_REST_PROFILE: profile }, folder);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
});

afterEach(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true, force: true });
});

const put = async (path: string, body?: unknown): Promise<number> =>
  (await gateway.rest(path, { method: 'PUT', ...(body === undefined ? {} : { body }) })).status;
const change = (name: string, deed: 'load' | 'unload' | 'reload') => put(`/nodes/${NODE}/plugins/${name}/${deed}`);
const configure = (app: string, key: string, value: string) => put(`/nodes/${NODE}/configs/${app}`, { key, value });

const publish = (wire: Wire, topic: string, payload = 'x', retain = false) =>
  wire.ask({ ...publishPacket(topic, 1, 1, payload), retain }, 'puback');

const retainedTopics = async (): Promise<string[]> => {
  const query = '{ retainedMessages { items { topic } } }';
  const answer = await ask<{ retainedMessages: { items: { topic: string }[] } }>(gateway, query);
  return answer.retainedMessages.items.map(({ topic }) => topic);
};

describe.each(['3.0-beta', '3.0', '3.1', '3.2'])('in profile %s', (profile) => {
  test('a limit of emqx_retainer that REST sets holds at once, and after a restart', async () => {
    await open(profile);
    expect(await configure('emqx_retainer', 'retainer.max_retained_messages', '1')).toBe(200);
    let publisher = await connectWire(gateway, { clientId: 'publisher' });
    for (const topic of ['a', 'b']) await publish(publisher, topic, 'x', true);
    expect(await retainedTopics()).toEqual(['a']);
    await gateway.close();
    await open(profile);
    publisher = await connectWire(gateway, { clientId: 'publisher' });
    await publish(publisher, 'c', 'x', true);
    expect(await retainedTopics()).toEqual(['a']);
    expect(await change('emqx_retainer', 'unload')).toBe(200);
    await publish(publisher, 'a', 'other', true);
    const late = await connectWire(gateway, { clientId: 'late' });
    await late.subscribe(['a', 0]);
    await late.settle();
    expect(await change('emqx_retainer', 'load')).toBe(200);
    const later = await connectWire(gateway, { clientId: 'later' });
    await later.subscribe(['a', 0]);
    expect((await later.next('publish')).payload.toString()).toBe('x');
  });

  test('a message is delayed once REST loads emqx_delayed_publish, and after a restart', async () => {
    await open(profile);
    expect(await change('emqx_delayed_publish', 'load')).toBe(200);
    const delayedBy = async (seconds: number): Promise<void> => {
      const wire = await connectWire(gateway, { clientId: 'subscriber' });
      await wire.subscribe(['t', 1]);
      const publisher = await connectWire(gateway, { clientId: 'publisher' });
      const sentAt = performance.now();
      await publish(publisher, `$delayed/${seconds}/t`, 'later');
      await publish(publisher, 't', 'now');
      for (const payload of ['now', 'later']) expect((await wire.next('publish')).payload.toString()).toBe(payload);
      expect(performance.now() - sentAt).toBeGreaterThanOrEqual(seconds * 1000);
    };
    await delayedBy(2);
    await gateway.close();
    await open(profile);
    await delayedBy(1);
    expect(await configure('emqx_delayed_publish', 'delayed.max_delayed_messages', '1')).toBe(200);
    const publisher = await connectWire(gateway, { clientId: 'other' });
    for (const payload of ['one', 'two']) await publish(publisher, '$delayed/3600/t', payload);
    const list = await ask<{ delayedMessages: { items: unknown[] } }>(
      gateway,
      '{ delayedMessages { items { payload { text } } } }',
    );
    expect(list.delayedMessages.items).toEqual([{ payload: { text: 'one' } }]);
  });

  test('figures are to be scraped, looked at and sent as REST loads and unloads plugins, and after a restart', async () => {
    const statsd = createSocket('udp4');
    statsd.bind(0, '127.0.0.1');
    await once(statsd, 'listening');
    let lines: string[] = [];
    statsd.on('message', (bytes) => lines.push(...String(bytes).split('\n')));
    const sent = async (line: string): Promise<void> => {
      while (!lines.includes(line)) await once(statsd, 'message');
    };
    const scrape = async () => {
      const response = await fetch(`${gateway.httpUrl}/metrics`, { headers: { authorization: APP_AUTHORIZATION } });
      return { status: response.status, text: await response.text() };
    };
    const isScraped = async (connections: number): Promise<void> =>
      expect(samplesOf((await scrape()).text).get('brokerql_connections')).toBe(connections);
    const DIAGNOSTICS = '{ diagnostics { nodeName memory { heapUsed } } }';
    const isLookedAt = async (): Promise<void> =>
      expect(await ask(gateway, DIAGNOSTICS)).toEqual({
        diagnostics: [{ nodeName: NODE, memory: { heapUsed: expect.any(Number) } }],
      });

    await open(profile);
    await connectWire(gateway, { clientId: 'one' });
    expect((await scrape()).status).toBe(404);
    await isLookedAt();
    expect(await change('emqx_prometheus', 'load')).toBe(200);
    expect(await change('emqx_recon', 'unload')).toBe(200);
    for (const [key, value] of [
      ['statsd.mode', 'statsd'],
      ['statsd.server', `127.0.0.1:${statsd.address().port}`],
      ['statsd.interval', '100'],
    ] as const)
      expect(await configure('emqx_statsd', key, value)).toBe(200);
    expect(await change('emqx_statsd', 'load')).toBe(200);
    await isScraped(1);
    expect((await refusal(gateway, DIAGNOSTICS)).code).toBe('NOT_STARTED');
    await sent('brokerql.connections:1|g');

    await gateway.close();
    lines = [];
    await open(profile);
    for (const clientId of ['one', 'two']) await connectWire(gateway, { clientId });
    await isScraped(2);
    expect((await refusal(gateway, DIAGNOSTICS)).code).toBe('NOT_STARTED');
    await sent('brokerql.connections:2|g');
    expect(await change('emqx_prometheus', 'unload')).toBe(200);
    expect(await change('emqx_recon', 'load')).toBe(200);
    expect(await change('emqx_statsd', 'unload')).toBe(200);
    lines = [];
    const three = await connectWire(gateway, { clientId: 'three' });
    expect((await scrape()).status).toBe(404);
    await isLookedAt();
    await three.settle();
    expect(lines).not.toContain('brokerql.connections:3|g');
    statsd.close();
  });

  describe('the web hook', () => {
    let server: HookServer;

    beforeEach(async () => {
      server = await startHookServer();
    });

    afterEach(() => server.close());

    test('tells a real server what REST says, and after a restart', async () => {
      await open(profile);
      expect(await configure('emqx_web_hook', 'web.hook.api.url', server.url)).toBe(200);
      expect(await configure('emqx_web_hook', 'web.hook.events', 'client.connected')).toBe(200);
      expect(await configure('emqx_web_hook', 'web.hook.secret', 'top-secret')).toBe(200);
      expect(await change('emqx_web_hook', 'load')).toBe(200);
      await connectWire(gateway, { clientId: 'one' });
      await server.taken(1);
      await gateway.close();
      await open(profile);
      await connectWire(gateway, { clientId: 'two' });
      await server.taken(2);
      expect(server.events.map((event) => [event.action, event.client_id])).toEqual([
        ['client_connected', 'one'],
        ['client_connected', 'two'],
      ]);
      for (const { headers } of server.requests)
        expect(headers['x-brokerql-signature']).toMatch(/^sha256=[0-9a-f]{64}$/);
      const { text } = await gateway.rest(`/nodes/${NODE}/plugin_configs/emqx_web_hook`);
      expect(text).toContain('web.hook.secret');
      expect(text).not.toContain('top-secret');
      expect(await change('emqx_web_hook', 'unload')).toBe(200);
      await connectWire(gateway, { clientId: 'three' });
      expect(server.events).toHaveLength(2);
    });
  });
});

describe('in GraphQL', () => {
  let server: HookServer;

  beforeEach(async () => {
    server = await startHookServer();
  });

  afterEach(() => server.close());

  const set = (app: string, key: string, value: unknown) =>
    asAdmin(
      `mutation ($app: ID!, $key: ID!, $value: JSON!) {
        setConfig(input: { app: $app, key: $key, value: $value }) { __typename }
      }`,
      { app, key, value },
    );

  async function asAdmin(query: string, variables: object = {}): Promise<unknown> {
    const response = await fetch(`${gateway.dashboardUrl}/graphql`, {
      method: 'POST',
      headers: { authorization: ADMIN_AUTHORIZATION, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data: unknown; errors?: unknown };
    expect(errors).toBeUndefined();
    return data;
  }

  const LOAD = 'mutation ($name: ID!) { loadPlugin(input: { name: $name }) { plugins { active } } }';

  test('the web hook is set, loaded and counted', async () => {
    await open();
    const reason = "plugin 'emqx_web_hook' could not be loaded: web.hook.api.url is not set";
    expect(await refusal(gateway, LOAD, { name: 'emqx_web_hook' })).toMatchObject({
      code: 'PLUGIN_FAILED',
      message: reason,
    });
    await set('emqx_web_hook', 'web.hook.api.url', server.url);
    await set('emqx_web_hook', 'web.hook.events', ['message.publish']);
    await set('emqx_web_hook', 'web.hook.topics', ['a/#']);
    await asAdmin(LOAD, { name: 'emqx_web_hook' });
    const publisher = await connectWire(gateway, { clientId: 'publisher' });
    for (const topic of ['a/1', 'b', 'a/2']) await publish(publisher, topic);
    await server.taken(2);
    expect(server.events.map(({ topic }) => topic)).toEqual(['a/1', 'a/2']);
    // The answer to the last request is still on its way.
    await asAdmin('mutation { unloadPlugin(input: { name: "emqx_web_hook" }) { plugins { active } } }');
    await asAdmin(LOAD, { name: 'emqx_web_hook' });
    expect(await ask(gateway, '{ plugin(name: "emqx_web_hook") { active figures { name value } } }')).toEqual({
      plugin: {
        active: true,
        figures: [
          { name: 'queuedCount', value: 0 },
          { name: 'queuedBytes', value: 0 },
          { name: 'droppedCount', value: 0 },
          { name: 'sentCount', value: 0 },
          { name: 'refusedCount', value: 0 },
          { name: 'failedRequestsCount', value: 0 },
        ],
      },
    });
    await publish(publisher, 'a/3');
    await server.taken(3);
    expect(server.events.at(-1)).toMatchObject({ topic: 'a/3' });
  });

  test('what the retainer may keep is set, and what is wrong is refused and changes nothing', async () => {
    await open();
    await set('emqx_retainer', 'retainer.max_payload_size', 4);
    const publisher = await connectWire(gateway, { clientId: 'publisher' });
    await publish(publisher, 'a', 'five!', true);
    await publish(publisher, 'b', 'four', true);
    expect(await retainedTopics()).toEqual(['b']);
    const wrong = `mutation { setConfig(input: { app: "emqx_retainer", key: "retainer.max_payload_size", value: -1 }) {
      __typename } }`;
    expect((await refusal(gateway, wrong)).code).toBe('BAD_USER_INPUT');
    await publish(publisher, 'c', 'five!', true);
    expect(await retainedTopics()).toEqual(['b']);
  });
});
