import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { setting } from '../../src/config/setting.ts';
import { oneOf } from '../../src/config/setting-types.ts';
import { NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { fake } from './support/fakes.ts';

let gateway: TestGateway;
const servers: Server[] = [];
const folders: string[] = [];

afterEach(async () => {
  await gateway.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
  folders.push(folder);
  return folder;
}

const put = async (path: string, body?: unknown) => {
  const { status, json } = await gateway.rest(path, { method: 'PUT', ...(body === undefined ? {} : { body }) });
  return { status, json };
};
const change = (plugin: string, key: string, value: string) => put(`/nodes/${NODE}/configs/${plugin}`, { key, value });
const load = (plugin: string) => put(`/nodes/${NODE}/plugins/${plugin}/load`);

describe('the settings of a plugin', () => {
  const table = {
    verdict: setting({
      ...{ env: null, flag: null, path: 'gate.verdict', description: 'What it says.' },
      type: oneOf(['allow', 'deny', 'broken']),
      default: 'deny',
    }),
  };
  const gate = fake(
    'emqx_gate',
    ({ verdict }) => {
      if (verdict === 'broken') throw new Error('it has no verdict');
      return { hooks: { authenticate: () => verdict as 'allow' | 'deny' } };
    },
    { type: 'auth', settings: table },
  );
  const open = async (folder: string): Promise<void> => {
    gateway = await startGateway('', {}, folder, [], [gate]);
  };
  const isWelcome = async (): Promise<boolean> => {
    try {
      await (await gateway.connect()).endAsync();
      return true;
    } catch {
      return false;
    }
  };

  test('change what clients may do at once, and after a restart', async () => {
    const folder = makeFolder();
    await open(folder);
    await load('emqx_gate');
    expect(await isWelcome()).toBe(false);
    expect((await change('emqx_gate', 'gate.verdict', 'allow')).status).toBe(200);
    expect(await isWelcome()).toBe(true);
    await gateway.close();
    await open(folder);
    expect(await isWelcome()).toBe(true);
  });

  test('with which it cannot be loaded are refused with its reason, and nothing changes, over a restart neither', async () => {
    const folder = makeFolder();
    await open(folder);
    await load('emqx_gate');
    const { status, json } = await change('emqx_gate', 'gate.verdict', 'broken');
    expect([status, json]).toEqual([500, { message: "plugin 'emqx_gate' could not be loaded: it has no verdict" }]);
    expect(await isWelcome()).toBe(false);
    const plugins = await gateway.gateway.domain.plugins(null);
    expect(plugins.find(({ name }) => name === 'emqx_gate')).toMatchObject({
      active: true,
      failure: 'it has no verdict',
    });
    await gateway.close();
    await open(folder);
    const [again] = (await gateway.gateway.domain.plugins(null)).filter(({ name }) => name === 'emqx_gate');
    expect(again).toMatchObject({ active: true, failure: null });
    expect(await isWelcome()).toBe(false);
  });

  test('are taken while it is not active, and used when it is loaded', async () => {
    await open(makeFolder());
    expect((await change('emqx_gate', 'gate.verdict', 'allow')).status).toBe(200);
    await load('emqx_gate');
    expect(await isWelcome()).toBe(true);
  });
});

/** A Pushgateway; `pushed` resolves with the path of the next push. */
async function openGateway(): Promise<{ readonly url: string; pushed(): Promise<string> }> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.end();
      server.emit('pushed', request.url);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, pushed: async () => String((await once(server, 'pushed'))[0]) };
}

describe('the settings of emqx_statsd', () => {
  test('come from the file, are changed while it sends, and survive a restart', async () => {
    const folder = makeFolder();
    const first = await openGateway();
    const second = await openGateway();
    const yaml = `plugins:\n  emqx_statsd:\n    statsd.push.gateway.server: ${first.url}\n    statsd.interval: 100\n`;
    gateway = await startGateway(yaml, {}, folder);
    const path = '/metrics/job/brokerql/instance/brokerql~127.0.0.1';
    const toFirst = first.pushed();
    await load('emqx_statsd');
    expect(await toFirst).toBe(path);
    const toSecond = second.pushed();
    expect((await change('emqx_statsd', 'statsd.push.gateway.server', second.url)).status).toBe(200);
    expect(await toSecond).toBe(path);
    await gateway.close();
    const afterRestart = second.pushed();
    gateway = await startGateway(yaml, {}, folder);
    expect(await afterRestart).toBe(path);
  });
});
