import { badInput, type MaybePromise } from '../src/domain.ts';

/**
 * The present value at once, then each that differs from the one before, looked at every `intervalMs`. Nobody who
 * reads slowly piles anything up: what was not asked for is not read. Ends at once when its reader leaves.
 */
export function changes<T>(read: () => MaybePromise<T>, intervalMs: number): AsyncGenerator<T> {
  if (intervalMs < 100 || intervalMs > 60_000) throw badInput('intervalMs', intervalMs, 'from 100 to 60000');
  let last = '';
  let isEnded = false;
  let wake: (() => void) | null = null;

  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, intervalMs).unref();
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const end = async (): Promise<IteratorResult<T>> => {
    isEnded = true;
    wake?.();
    return { done: true, value: undefined };
  };

  return {
    async next() {
      while (!isEnded) {
        if (last !== '') await pause();
        if (isEnded) break;
        const value = await read();
        const text = JSON.stringify(value);
        if (text === last) continue;
        last = text;
        return { done: false, value };
      }
      return { done: true, value: undefined };
    },
    return: end,
    async throw(error) {
      await end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
