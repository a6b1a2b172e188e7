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

/** Comes between a gateway with this data folder and its database, from now on. */
export function interposeStore(dataDir: string): StoreFaults {
  const { batch } = ClassicLevel.prototype;
  let held: Promise<void> | null = null;
  let isFailing = false;
  let isWrittenToo = false;
  let batches = 0;
  const spy = vi.spyOn(ClassicLevel.prototype, 'batch').mockImplementation(async function (
    this: ClassicLevel,
    ...given: unknown[]
  ) {
    if (!this.location.startsWith(dataDir)) return (batch as (...all: unknown[]) => Promise<void>).apply(this, given);
    batches++;
    while (held) await held;
    const isRefused = isFailing;
    if (!isRefused || isWrittenToo) await (batch as (...all: unknown[]) => Promise<void>).apply(this, given);
    if (isRefused) throw new Error('no space left on device');
  } as never);
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
