import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Hooks, Verdict } from '../../src/broker/hooks.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import { createLog } from '../../src/log.ts';
import { eventually, startGateway, type TestGateway, testConfig } from '../support/gateway.ts';
import { sessionOf } from './figures.ts';
import { interposeStore } from './store-faults.ts';
import { connectWire, publishPacket } from './wire.ts';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'brokerql-restart-'));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function start(folder = newFolder(), hooks: readonly Hooks[] = []): Promise<TestGateway> {
  const gateway = await startGateway('', {}, folder, hooks);
  cleanUps.push(() => gateway.close());
  return gateway;
}

/** The folder that the process would leave if it was killed now: whatever is written was handed to the system. */
function killed({ dataDir }: { readonly dataDir: string }): string {
  const folder = newFolder();
  cpSync(dataDir, folder, { recursive: true, filter: (path) => !path.endsWith('.sock') });
  return folder;
}

describe('a session of a client that is away, after a restart', () => {
  test('shows its messages of QoS 2 that wait for PUBREL before the client is back', async () => {
    const first = await start();
    const wire = await connectWire(first, { clientId: 'half', clean: false });
    await wire.ask(publishPacket('a', 2, 7), 'pubrec');
    await wire.ask(publishPacket('a', 2, 9), 'pubrec');
    const second = await start(killed(first));
    expect(await sessionOf(second, 'half')).toMatchObject({ connected: false, awaitingReleaseCount: 2 });
    const back = await connectWire(second, { clientId: 'half', clean: false });
    await back.ask({ cmd: 'pubrel', messageId: 7 }, 'pubcomp');
    expect(await sessionOf(second, 'half')).toMatchObject({ connected: true, awaitingReleaseCount: 1 });
  });
});

const willOf = (topic: string, retain = false) => ({
  topic,
  payload: Buffer.from('farewell'),
  qos: 1 as const,
  retain,
});

describe('a will that is retained', () => {
  test('has the user name of who left it, though the client is gone when it is published', async () => {
    const first = await start();
    const wire = await connectWire(first, { clientId: 'clean', username: 'anna', will: willOf('wills/live', true) });
    await wire.vanish();
    await eventually(() => first.gateway.broker.retained.get('wills/live') !== null, 'the will');
    expect(first.gateway.broker.retained.get('wills/live')).toMatchObject({ clientId: 'clean', username: 'anna' });
    await connectWire(first, { clientId: 'killed', username: 'bob', will: willOf('wills/dead', true) });
    const second = await start(killed(first));
    expect(second.gateway.broker.retained.get('wills/live')).toMatchObject({ clientId: 'clean', username: 'anna' });
    expect(second.gateway.broker.retained.get('wills/dead')).toMatchObject({ clientId: 'killed', username: 'bob' });
  });
});

describe('wills of connections whose process died', () => {
  /** What a process leaves that dies under a client with this will; `watcher` is away and waits for wills. */
  async function deathOf(topic: string, fields: { username?: string } = {}): Promise<string> {
    const first = await start(undefined, [{ authorizePublish: () => 'allow', authorizeSubscribe: () => 'allow' }]);
    const watcher = await connectWire(first, { clientId: 'watcher', clean: false });
    await watcher.subscribe(['wills/#', 1], ['$SYS/#', 1]);
    await watcher.disconnect();
    await connectWire(first, { clientId: 'willing', ...fields, will: willOf(topic, true) });
    return killed(first);
  }

  /** Topics of the messages that wait for `watcher`. */
  async function waiting(gateway: TestGateway): Promise<string[]> {
    const wire = await connectWire(gateway, { clientId: 'watcher', clean: false });
    const { queuedCount = 0, inflightCount = 0 } = (await sessionOf(gateway, 'watcher')) ?? {};
    const topics: string[] = [];
    while (topics.length < queuedCount + inflightCount) topics.push((await wire.next('publish')).topic);
    await wire.settle();
    return topics;
  }

  test('are authorised, and published before a port listens', async () => {
    const folder = await deathOf('wills/a', { username: 'anna' });
    const asked: unknown[] = [];
    const hooks: Hooks = {
      async authorizePublish({ clientId, username, ipAddress }, topic, qos, retain): Promise<Verdict> {
        const listening = Object.values(gateway.ports).map((port) => port?.port ?? 0);
        asked.push([clientId, username, ipAddress, topic, qos, retain, Math.max(...listening)]);
        await new Promise(setImmediate);
        expect(gateway.broker.retained.get('wills/a')).toBeNull();
        return 'allow';
      },
    };
    const startedAt = Date.now();
    const gateway: Gateway = await createGateway(testConfig(folder), createLog('silent'), [hooks]);
    cleanUps.push(() => gateway.close());
    await gateway.listen();
    expect(asked).toEqual([['willing', 'anna', '127.0.0.1', 'wills/a', 1, true, 0]]);
    expect(gateway.broker.retained.get('wills/a')?.publishedAt).toBeGreaterThanOrEqual(startedAt);
    expect(await gateway.domain.session('watcher', null)).toMatchObject({ queuedCount: 1 });
  });

  test('are not published where their client may publish no more, and are forgotten', async () => {
    const folder = await deathOf('wills/a');
    const denied = await start(folder, [{ authorizePublish: () => 'deny' }]);
    expect(await waiting(denied)).toEqual([]);
    const later = await start(killed(denied));
    expect(await waiting(later)).toEqual([]);
    expect(later.gateway.broker.retained.size).toBe(0);
  });

  test('go to $SYS/ only with permission, as at the CONNECT', async () => {
    const folder = await deathOf('$SYS/a');
    expect(await waiting(await start(folder, [{ authorizePublish: () => 'ignore' }]))).toEqual([]);
    const again = await deathOf('$SYS/a');
    expect(await waiting(await start(again, [{ authorizePublish: () => 'allow' }]))).toEqual(['$SYS/a']);
  });

  test('are published once when the process dies again, before or behind the batch that publishes them', async () => {
    const folder = await deathOf('wills/a');
    const store = interposeStore(folder);
    cleanUps.push(() => store.restore());
    const gateway = await createGateway(testConfig(folder), createLog('silent'));
    cleanUps.push(() => gateway.close());
    const release = store.hold();
    const listening = gateway.listen();
    await eventually(() => gateway.broker.retained.get('wills/a') !== null, 'the will');
    // Its batch is not written.
    const before = killed({ dataDir: folder });
    release();
    await listening;
    const behind = killed({ dataDir: folder });
    for (const left of [before, behind]) {
      const last = await start(left);
      expect(await waiting(last)).toEqual(['wills/a']);
      expect(last.gateway.broker.retained.size).toBe(1);
      const after = await start(killed(last));
      expect((await sessionOf(after, 'watcher'))?.enqueuedCount).toBe(1);
    }
  });
});
