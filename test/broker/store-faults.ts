import { ClassicLevel } from 'classic-level';
import { vi } from 'vitest';

/** What the store of a gateway does with its batches. */
export interface StoreFaults {
  /** Keeps every batch waiting; the answer lets them go on. */
  hold(): () => void;
  /** Refuses every batch, having written it nevertheless or not, in these words; the answer takes them again. */
  fail(isWritten?: boolean, words?: string): () => void;
  /** Keeps every walk through its records waiting that begins from now on; the answer lets all of them go on. */
  holdReads(): () => void;
  /** Walks that began while they were kept waiting. */
  readonly reads: number;
  /** Batches that came to be written. */
  readonly batches: number;
  /** Leaves the store to itself. */
  restore(): void;
}

interface Iterator {
  _nextv(...given: unknown[]): Promise<unknown>;
}

const driver = ClassicLevel.prototype as unknown as {
  _batch(...given: unknown[]): Promise<void>;
  _iterator(...given: unknown[]): Iterator;
};

/** Comes between a gateway with this data folder and its database, from now on. */
export function interposeStore(dataDir: string): StoreFaults {
  const { _batch: batch, _iterator: iterator } = driver;
  let held: Promise<void> | null = null;
  let isFailing = false;
  let isWrittenToo = false;
  let refusal = '';
  let batches = 0;
  let heldReads: Promise<void> | null = null;
  let reads = 0;
  const readSpy = vi.spyOn(driver, '_iterator').mockImplementation(function (this: ClassicLevel, ...given: unknown[]) {
    const walk = iterator.apply(this, given);
    const hold = heldReads;
    if (!hold || !this.location.startsWith(dataDir)) return walk;
    reads++;
    const { _nextv: next } = walk;
    walk._nextv = async (...asked) => {
      await hold;
      return next.apply(walk, asked);
    };
    return walk;
  });
  const spy = vi.spyOn(driver, '_batch').mockImplementation(async function (this: ClassicLevel, ...given: unknown[]) {
    if (!this.location.startsWith(dataDir)) return batch.apply(this, given);
    batches++;
    while (held) await held;
    const isRefused = isFailing;
    if (!isRefused || isWrittenToo) await batch.apply(this, given);
    if (isRefused) throw new Error(refusal);
  });
  return {
    hold() {
      let release = (): void => {};
      held = new Promise((resolve) => {
        release = () => {
          held = null;
          resolve();
        };
      });
      return release;
    },
    fail(isWritten = false, words = 'no space left on device') {
      refusal = words;
      isFailing = true;
      isWrittenToo = isWritten;
      return () => {
        isFailing = false;
      };
    },
    holdReads() {
      let release = (): void => {};
      heldReads = new Promise((resolve) => {
        release = () => {
          heldReads = null;
          resolve();
        };
      });
      return () => release();
    },
    get reads() {
      return reads;
    },
    get batches() {
      return batches;
    },
    restore() {
      spy.mockRestore();
      readSpy.mockRestore();
    },
  };
}
