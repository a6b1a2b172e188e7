import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { isOffline } from '../broker/figures.ts';
import { interposeStore } from '../broker/store-faults.ts';
import { connectWire } from '../broker/wire.ts';
import { mountSmallDisk, type SmallDisk } from '../store/support/small-disk.ts';
import { startGateway } from '../support/gateway.ts';
import { type Alert, startWatched, type WatchedGateway } from './support/watched.ts';

vi.setConfig({ testTimeout: 60_000 });

const mounted = mountSmallDisk(40);
const why = typeof mounted === 'string' ? ` (skipped: ${mounted})` : '';

const summaryOf = ({ desc }: Alert): string => (typeof desc === 'string' ? desc : desc.summary);

/** Makes a session that keeps what is published to `kept`. */
async function leaveSession(gateway: WatchedGateway): Promise<void> {
  const wire = await connectWire(gateway, { clientId: 'away', clean: false });
  await wire.subscribe(['kept', 1]);
  await wire.disconnect();
  await isOffline(gateway, 'away');
}

/** Publishes messages of 10 kB that are stored, each when the one before is, until one is refused. */
async function publishUntilRefused({ gateway: { broker } }: WatchedGateway): Promise<void> {
  for (;;) {
    const message = { topic: 'kept', payload: randomBytes(10_000), qos: 1, retain: false, clientId: 'api' };
    try {
      await broker.publish(message);
    } catch {
      return;
    }
  }
}

describe.skipIf(typeof mounted === 'string')(`the disk of the data folder${why}`, () => {
  if (typeof mounted === 'string') return;
  const disk: SmallDisk = mounted;
  let gateway: WatchedGateway;
  let folders = 0;
  const freshFolder = (): string => join(disk.folder, `data ${folders++}`);

  afterEach(async () => {
    await disk.empty();
    await gateway.close();
  });

  test('raises an alarm when it has less space than the mark, until it has more than another one', async () => {
    const marks = 'os_mon: {disk_free_low_watermark: 5000000, disk_free_high_watermark: 8000000}';
    gateway = await startWatched({}, marks, freshFolder());
    await disk.fill(4_000_000);
    expect(summaryOf(await gateway.alert('disk_space_low'))).toMatch(
      /^\d MiB are free where the data folder is; the mark is 5 MiB$/,
    );
    await disk.empty();
    await gateway.cleared('disk_space_low');
  });

  test('raises one when it is full, which ends when there is space, and is kept though nothing could be stored', async () => {
    const folder = freshFolder();
    gateway = await startWatched({}, 'os_mon: {disk_free_low_watermark: 0}', folder);
    await leaveSession(gateway);
    await disk.fill(3_000_000);
    await publishUntilRefused(gateway);
    const alert = await gateway.alert('store_full');
    expect(alert.desc).toMatchObject({ severity: 'critical', title: 'The disk is full' });
    expect(summaryOf(alert)).toMatch(/^nothing is stored, .*: .*No space left on device$/);
    await disk.empty();
    await gateway.cleared('store_full');
    await gateway.close();
    const next = await startGateway('', { BROKERQL_REST_PROFILE: '3.2' }, folder);
    expect((await next.rest('/alarms/history')).json).toMatchObject({
      data: [{ alarms: [{ id: 'store_full', desc: { title: 'The disk is full' } }] }],
    });
    await next.close();
  });

  test('raises one when it takes no writes, which ends when it does', async () => {
    const folder = freshFolder();
    mkdirSync(folder);
    gateway = await startWatched({}, '', folder);
    await leaveSession(gateway);
    // Files that are open stay writable; LevelDB soon opens the next one.
    execFileSync('mount', ['--bind', folder, folder]);
    try {
      execFileSync('mount', ['-o', 'remount,bind,ro', folder]);
      await publishUntilRefused(gateway);
      const alert = await gateway.alert('store_read_only');
      expect(alert.desc).toMatchObject({ severity: 'critical', title: 'The disk takes no writes' });
      expect(summaryOf(alert)).toMatch(/: .*Read-only file system$/);
    } finally {
      execFileSync('umount', ['-l', folder]);
    }
    await gateway.cleared('store_read_only');
  });
});

describe('a broker', () => {
  let gateway: WatchedGateway;

  beforeAll(async () => {
    gateway = await startWatched({});
    await leaveSession(gateway);
  });

  afterAll(() => gateway.close());

  const set = (key: string, value: number): Promise<unknown> =>
    gateway.rest('/configs/emqx', { method: 'PUT', body: { key: `os_mon.${key}`, value: String(value) } });

  test.each([
    ['store_full', 'IO error: /data/000005.log: No space left on device', 'The disk is full'],
    ['store_full', 'IO error: /data/000005.log: Disk quota exceeded', 'The disk is full'],
    ['store_read_only', 'IO error: /data/000007.log: Read-only file system', 'The disk takes no writes'],
    ['store_failed', 'IO error: /data/000009.log: Input/output error', 'The store fails'],
  ])('raises %s when a write fails with "%s", until writes succeed', async (id, words, title) => {
    const faults = interposeStore(gateway.dataDir);
    const heal = faults.fail(false, words);
    await publishUntilRefused(gateway);
    const alert = await gateway.alert(id);
    expect(alert.desc).toMatchObject({ severity: 'critical', title });
    expect(summaryOf(alert)).toBe(`nothing is stored, and persistent sessions cannot be served: ${words}`);
    heal();
    await gateway.cleared(id);
    faults.restore();
  });

  test('raises disk_space_low from the mark of free space on, until there is more than the other one', async () => {
    const { bavail, bsize } = await statfs(gateway.dataDir);
    await set('disk_free_high_watermark', bavail * bsize * 2);
    await set('disk_free_low_watermark', bavail * bsize * 2);
    expect(summaryOf(await gateway.alert('disk_space_low'))).toMatch(
      /^\d+ MiB are free where the data folder is; the mark is \d+ MiB$/,
    );
    await set('disk_free_low_watermark', 1);
    await set('disk_free_high_watermark', 1);
    await gateway.cleared('disk_space_low');
  });
});

describe('the store', () => {
  test('raises an alarm when a write takes longer than the mark, until they take less', async () => {
    const marks = { store_latency_high_watermark: 20, store_latency_low_watermark: 20 };
    const gateway = await startWatched(marks, 'durability: disk');
    await leaveSession(gateway);
    const { broker } = gateway.gateway;
    // One batch, for it is one turn of the event loop.
    await Promise.all(
      Array.from({ length: 64 }, () => {
        const payload = randomBytes(1_000_000);
        return broker.publish({ topic: 'kept', payload, qos: 1, retain: false, clientId: 'api' });
      }),
    );
    expect(summaryOf(await gateway.alert('store_slow'))).toMatch(
      /^a write took \d{2,} ms, for which acknowledgements waited; the mark is 20 ms$/,
    );
    await gateway.cleared('store_slow');
    await gateway.close();
  });
});
