import { expect, test, vi } from 'vitest';
import { Compaction } from '../../src/store/compaction.ts';
import type { Level } from '../../src/store/level.ts';

const MEGABYTE = 1024 * 1024;

test('what is removed bit by bit of much is compacted when it comes to a share of that', async () => {
  const compactRange = vi.fn(async (_from: Buffer, _to: Buffer) => {});
  const approximateSize = vi.fn(async () => MEGABYTE);
  const db = { approximateSize, compactRange } as unknown as Level;
  const compaction = new Compaction();
  const compacted: number[] = [];
  for (let i = 0; i < 4; i++) {
    compaction.note(Buffer.from(`q${i}`), 20 * MEGABYTE);
    approximateSize.mockResolvedValueOnce(60 * 8 * MEGABYTE);
    await compaction.run(db, () => true);
    compacted.push(compactRange.mock.calls.length);
  }
  // It counts anew from there.
  expect(compacted).toEqual([0, 0, 1, 1]);
  expect(compactRange.mock.calls[0]?.map(String)).toEqual(['q0', 'q2\0']);
});
