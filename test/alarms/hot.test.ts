import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWatched, type WatchedGateway } from './support/watched.ts';

let gateway: WatchedGateway;

beforeAll(async () => {
  gateway = await startWatched({ check_interval: 3600 });
});

afterAll(() => gateway.close());

const set = async (key: string, value: string): Promise<unknown> =>
  (await gateway.rest('/configs/emqx', { method: 'PUT', body: { key, value } })).json;

test('an interval that changes counts before it is over', async () => {
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
