import { badInput, isPromise, type MaybePromise } from '../src/domain.ts';
import type { Sink } from './live-source.ts';

const SHORTEST = 100;
const LONGEST = 60_000;

/** Refuses an interval between two looks that is out of its range. */
export function checkInterval(intervalMs: number): void {
  if (intervalMs < SHORTEST || intervalMs > LONGEST) {
    throw badInput('intervalMs', intervalMs, `from ${SHORTEST} to ${LONGEST}`);
  }
}

/**
 * Looks now and every `intervalMs`, and tells what there is; answers what ends it. A look that takes longer than the
 * interval is waited for, and the next one is skipped.
 */
export function lookEvery<T>(intervalMs: number, read: () => MaybePromise<T>, sink: Sink<T>): () => void {
  let isReading = false;
  const look = async (): Promise<void> => {
    if (isReading) return;
    isReading = true;
    try {
      const value = read();
      sink.next(isPromise(value) ? await value : value);
    } catch (error) {
      sink.fail(error);
    }
    isReading = false;
  };
  void look();
  const timer = setInterval(look, intervalMs).unref();
  return () => clearInterval(timer);
}
