import { closeSync, openSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { memoryLimit } from '../../src/alarms/host-looks.ts';
import { connectWire, publishPacket } from '../broker/wire.ts';
import { eventually } from '../support/gateway.ts';
import { startWatched, type WatchedGateway } from './support/watched.ts';

let gateway: WatchedGateway;

beforeAll(async () => {
  gateway = await startWatched({ check_interval: 3600 });
});

afterAll(() => gateway.close());

const set = async (key: string, value: string): Promise<unknown> =>
  (await gateway.rest('/configs/emqx', { method: 'PUT', body: { key, value } })).json;

test('alarm.check_interval counts at once, and not when the one before is over', async () => {
  expect(await set('vm_mon.heap_high_watermark', '1')).toBe('ok');
  expect(await set('alarm.check_interval', '1')).toBe('ok');
  await gateway.alert('heap_high_watermark');
  await gateway.gateway.domain.clearAlarm('heap_high_watermark', null);
  await gateway.cleared('heap_high_watermark');
  await gateway.alert('heap_high_watermark');
});

test('a mark that changes while the broker runs counts at the next look, and 0 turns its alarm off', async () => {
  expect(await set('vm_mon.heap_high_watermark', '0')).toBe('ok');
  await gateway.cleared('heap_high_watermark');
  expect(await set('vm_mon.heap_high_watermark', '1')).toBe('ok');
  const { desc } = await gateway.alert('heap_high_watermark');
  expect(desc).toMatchObject({ summary: expect.stringMatching(/; the mark is 1 %$/) as string });
  expect(await set('vm_mon.heap_high_watermark', '0')).toBe('ok');
  await gateway.cleared('heap_high_watermark');
});

test('a mark that is none is refused, and nothing changes', async () => {
  expect(await set('vm_mon.heap_high_watermark', '101')).toEqual({
    message: "vm_mon.heap_high_watermark must be a whole number of percent from 0 to 100, not '101'",
  });
  expect(gateway.gateway.config.alarm.heapHigh).toBe(0);
});

test('alarm.max_history is that of the next look, and alarm.unconfirmed_timeout that of alarms from before', async () => {
  const { gateway: own, ...rest } = await startWatched({ unconfirmed_timeout: 86_400 });
  const history = () => own.alarms.history({ filter: {}, offset: 0, limit: 100, after: null }).count;
  for (const id of ['one', 'two', 'three']) {
    own.alarms.raise({ id, severity: 'warning', title: 'Sample', summary: 'It is one' });
    own.alarms.clear(id);
  }
  expect(history()).toBe(3);
  await own.hot.change({ app: 'emqx', set: [{ key: 'alarm.max_history', value: 1 }] }, null);
  await eventually(() => history() === 1, 'the history to be cut');
  own.alarms.raise({ id: 'stands', severity: 'warning', title: 'Sample', summary: 'It stands' });
  await own.close();

  const later = await startWatched({ unconfirmed_timeout: 86_400 }, '', rest.dataDir);
  expect(later.gateway.alarms.has('stands')).toBe(true);
  await later.gateway.hot.change({ app: 'emqx', set: [{ key: 'alarm.unconfirmed_timeout', value: 1 }] }, null);
  await later.cleared('stands');
  await later.close();
  await rest.close();
});

describe('marks that are set while the broker runs', () => {
  const MOST = 9_007_199_254_740_991;
  /** Alarms by their marks: from what on one is raised here, and below what it ends then whatever there is. */
  const gauges = [
    ['system_memory_high_watermark', 'os_mon.sysmem_high_watermark', 1, 'os_mon.sysmem_low_watermark', 100],
    ['cpu_high_watermark', 'os_mon.cpu_high_watermark', 1, 'os_mon.cpu_low_watermark', 100],
    ['fd_high_watermark', 'os_mon.fd_high_watermark', 1, 'os_mon.fd_low_watermark', 100],
    ['disk_space_low', 'os_mon.disk_free_low_watermark', MOST, 'os_mon.disk_free_high_watermark', 1],
    ['heap_high_watermark', 'vm_mon.heap_high_watermark', 1, 'vm_mon.heap_low_watermark', 100],
    [
      'event_loop_delay_high_watermark',
      'vm_mon.event_loop_high_watermark',
      1,
      'vm_mon.event_loop_low_watermark',
      3_600_000,
    ],
    ['connections_high_watermark', 'alarm.connections_high_watermark', 1, 'alarm.connections_low_watermark', 100],
    ['messages_dropped', 'alarm.dropped_high_watermark', 1, 'alarm.dropped_low_watermark', 4_294_967_295],
    ['slow_consumers', 'alarm.slow_consumers_high_watermark', 1, 'alarm.slow_consumers_low_watermark', 4_294_967_295],
    ['failed_logins', 'alarm.failed_logins_high_watermark', 1, 'alarm.failed_logins_low_watermark', 4_294_967_295],
    ['store_slow', 'alarm.store_latency_high_watermark', 1, 'alarm.store_latency_low_watermark', 3_600_000],
  ] as const;
  const OFF = `
os_mon: {cpu_high_watermark: 0, cpu_low_watermark: 0, sysmem_high_watermark: 0, sysmem_low_watermark: 0,
  fd_high_watermark: 0, fd_low_watermark: 0, clock_jump: 0,
  disk_free_low_watermark: 0, disk_free_high_watermark: ${MOST}}
vm_mon: {heap_high_watermark: 0, heap_low_watermark: 0, event_loop_high_watermark: 0, event_loop_low_watermark: 0}
mqtt: {max_connections: 50, max_mqueue_len: 1, high_watermark: 1024}`;
  const NONE = {
    ...{ connections_high_watermark: 0, connections_low_watermark: 0 },
    ...{ dropped_high_watermark: 0, dropped_low_watermark: 0 },
    ...{ slow_consumers_high_watermark: 0, slow_consumers_low_watermark: 0 },
    ...{ failed_logins_high_watermark: 0, failed_logins_low_watermark: 0 },
    ...{ store_latency_high_watermark: 0, store_latency_low_watermark: 0 },
  };
  let ahead = 0;
  let own: WatchedGateway;

  beforeAll(async () => {
    const now = Date.now;
    vi.spyOn(Date, 'now').mockImplementation(() => now() + ahead);
    own = await startWatched(NONE, OFF);
  });

  afterEach(() => vi.restoreAllMocks());
  afterAll(() => own.close());

  test('raise their alarms from then on, and end them', async () => {
    const change = (values: readonly (readonly [key: string, value: number])[]) =>
      own.gateway.hot.change({ app: 'emqx', set: values.map(([key, value]) => ({ key, value })) }, null);
    const limit = Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
    const files = Array.from({ length: Math.ceil(limit / 100) }, () => openSync('/dev/null', 'r'));
    const ballast: Buffer[] = [];
    while (process.memoryUsage.rss() < memoryLimit() / 50) ballast.push(Buffer.alloc(32 * 1024 * 1024, 1));
    const away = await connectWire(own, { clientId: 'away', clean: false });
    await away.subscribe(['away', 1]);
    await away.disconnect();
    const reader = await connectWire(own, { clientId: 'slow' });
    await reader.subscribe(['slow', 0]);
    reader.socket.pause();
    const sender = await connectWire(own, { clientId: 'sender' });
    const { slow } = own.gateway.broker;
    while (slow.size === 0) await sender.ask(publishPacket('slow', 1, 1, 'x'.repeat(1024 * 512)), 'puback');
    const provoke = async (): Promise<void> => {
      const end = performance.now() + 50;
      const stored = Array.from({ length: 20 }, () => publishPacket('away', 1, 1));
      sender.write(...stored);
      await Promise.all([
        own.connect({ username: 'mallory' }).catch(() => {}),
        (async () => {
          for (const _ of stored) await sender.next('puback');
        })(),
      ]);
      while (performance.now() < end);
    };
    expect(own.gateway.alarms.present()).toEqual([]);

    await change([...gauges.map(([, key, mark]) => [key, mark] as const), ['os_mon.clock_jump', 1]]);
    ahead = 5000;
    const { alarms } = own.gateway;
    const stands = new Set<string>();
    const end = alarms.raised.listen(({ id }) => stands.add(id));
    await eventually(async () => {
      await provoke();
      return stands.size === gauges.length + 1;
    }, 'all of the alarms');
    end();
    expect([...stands].sort()).toEqual([...gauges.map(([id]) => id), 'clock_jumped'].sort());

    // With the low marks of before none would ever end.
    await change(gauges.flatMap(([, high, , low, mark]) => [[high, mark] as const, [low, mark] as const]));
    await Promise.all([...gauges.map(([id]) => id), 'clock_jumped'].map((id) => own.cleared(id)));
    for (const file of files) closeSync(file);
    ballast.length = 0;
    reader.socket.destroy();
  });
});
