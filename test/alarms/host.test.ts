import { closeSync, openSync, readFileSync } from 'node:fs';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test, vi } from 'vitest';
import { countDescriptors } from '../../src/alarms/descriptors.ts';
import { memoryLimit } from '../../src/alarms/host-looks.ts';
import { type Alert, startWatched, type WatchedGateway } from './support/watched.ts';

vi.setConfig({ testTimeout: 60_000 });

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const summaryOf = ({ desc }: Alert): string => (typeof desc === 'string' ? desc : desc.summary);

/** Runs a test with a gateway that has these settings of the host. */
async function withGateway(yaml: string, run: (gateway: WatchedGateway) => Promise<void>): Promise<void> {
  const gateway = await startWatched({}, yaml);
  try {
    await run(gateway);
  } finally {
    await gateway.close();
  }
}

/** Keeps the event loop, and with it a processor, from doing anything else for a while. */
function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('memory', () => {
  test('is short when the process takes more of it than the mark, and not when it has given it back', async () => {
    collectGarbage();
    const taken = (process.memoryUsage.rss() / memoryLimit()) * 100;
    const mark = Math.floor(taken) + 1;
    await withGateway(`os_mon: {sysmem_high_watermark: ${mark}, sysmem_low_watermark: ${mark}}`, async (gateway) => {
      const size = Math.ceil(((mark - taken) / 100) * memoryLimit()) + 64 * 1024 * 1024;
      let ballast: Buffer | null = Buffer.alloc(size, 1);
      const { desc } = await gateway.alert('system_memory_high_watermark');
      expect(desc).toMatch(/^\d+\.\d$/);
      expect(Number(desc)).toBeGreaterThanOrEqual(mark);
      expect(ballast.length).toBe(size);
      ballast = null;
      collectGarbage();
      await gateway.cleared('system_memory_high_watermark');
    });
  });
});

describe('the heap', () => {
  test('runs full when more of it is in use than the mark, and not when it is free again', async () => {
    collectGarbage();
    const { used_heap_size, heap_size_limit } = getHeapStatistics();
    const mark = Math.floor((used_heap_size / heap_size_limit) * 100) + 2;
    await withGateway(`vm_mon: {heap_high_watermark: ${mark}, heap_low_watermark: ${mark}}`, async (gateway) => {
      const wanted = (mark / 100) * heap_size_limit + 32 * 1024 * 1024;
      const ballast: number[][] = [];
      while (getHeapStatistics().used_heap_size < wanted) ballast.push(new Array(100_000).fill(ballast.length));
      const alert = await gateway.alert('heap_high_watermark');
      expect(summaryOf(alert)).toMatch(
        new RegExp(`^the heap is \\d+\\.\\d % of its limit of \\d+ MiB; the mark is ${mark} %$`),
      );
      ballast.length = 0;
      collectGarbage();
      await gateway.cleared('heap_high_watermark');
    });
  });
});

describe('the event loop', () => {
  test('stands still when something blocks it for longer than the mark, until it does so no more', async () => {
    await withGateway('vm_mon: {event_loop_high_watermark: 600, event_loop_low_watermark: 600}', async (gateway) => {
      const alerted = gateway.alert('event_loop_delay_high_watermark');
      // What is blocked before the first look is the start of the program.
      const blocking = setInterval(() => block(900), 100);
      const alert = await alerted;
      clearInterval(blocking);
      expect(summaryOf(alert)).toMatch(/^the event loop stood still for \d{3,} ms; the mark is 600 ms$/);
      await gateway.cleared('event_loop_delay_high_watermark');
    });
  });
});

describe('the processor', () => {
  test('is busy when the process takes more of it than the mark, until it takes less', async () => {
    await withGateway('os_mon: {cpu_high_watermark: 20, cpu_low_watermark: 15}', async (gateway) => {
      const busy = setInterval(() => block(95), 5);
      const { desc } = await gateway.alert('cpu_high_watermark');
      clearInterval(busy);
      expect(desc).toMatch(/^\d+\.\d$/);
      expect(Number(desc)).toBeGreaterThanOrEqual(20);
      await gateway.cleared('cpu_high_watermark');
    });
  });
});

const limit = Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);

describe('file descriptors', () => {
  test('are short when more of them are open than the mark, and not when they are closed', async () => {
    const open = countDescriptors(() => 0)();
    const mark = Math.floor((open / limit) * 100) + 2;
    await withGateway(`os_mon: {fd_high_watermark: ${mark}, fd_low_watermark: ${mark}}`, async (gateway) => {
      const files = Array.from({ length: Math.ceil((mark / 100) * limit) }, () => openSync('/dev/null', 'r'));
      const alert = await gateway.alert('fd_high_watermark');
      for (const file of files) closeSync(file);
      expect(summaryOf(alert)).toMatch(
        new RegExp(`^\\d+\\.\\d % of ${limit} file descriptors are open; the mark is ${mark} %$`),
      );
      await gateway.cleared('fd_high_watermark');
    });
  });

  test('are counted by the sockets where the kernel does not count them', () => {
    let sockets = 2;
    const count = countDescriptors(
      () => sockets,
      () => 0,
    );
    const before = count();
    expect(before).toBeGreaterThan(2);
    sockets += 1000;
    expect(count()).toBe(before + 1000);
  });
});
