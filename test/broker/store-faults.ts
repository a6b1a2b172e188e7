import { ClassicLevel } from 'classic-level';
import { vi } from 'vitest';

/** What the store of a gateway does with its batches. */
export interface StoreFaults {
  /** Keeps every batch waiting; the answer lets them go on. */
  hold(): () => void;
  /** Refuses every batch, having written it nevertheless or not; the answer takes them again. */
  fail(isWritten?: boolean): () => void;
  /** Batches that came to be written. */
  readonly batches: number;
  /** Leaves the store to itself. */
  restore(): void;
}

const driver = ClassicLevel.prototype as unknown as { _batch(...given: unknown[]): Promise<void> };

/** Comes between a gateway with this data folder and its database, from now on. */
export function interposeStore(dataDir: string): StoreFaults {
  const { _batch: batch } = driver;
  let held: Promise<void> | null = null;
  let isFailing = false;
  let isWrittenToo = false;
  let batches = 0;
  const spy = vi.spyOn(driver, '_batch').mockImplementation(async function (this: ClassicLevel, ...given: unknown[]) {
    if (!this.location.startsWith(dataDir)) return batch.apply(this, given);
    batches++;
    while (held) await held;
    const isRefused = isFailing;
    if (!isRefused || isWrittenToo) await batch.apply(this, given);
    if (isRefused) throw new Error('no space left on device');
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
    fail(isWritten = false) {
      isFailing = true;
      isWrittenToo = isWritten;
      return () => {
        isFailing = false;
      };
    },
    get batches() {
      return batches;
    },
    restore: () => spy.mockRestore(),
  };
}
