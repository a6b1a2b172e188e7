import { badInput, isPromise, type MaybePromise } from '../src/domain.ts';
import { LiveSource } from './live-source.ts';

const SHORTEST = 100;
const LONGEST = 60_000;

/**
 * What `start()` reads, looked at now and every `intervalMs`: once for all who ask for the same `what` as often. Refuses
 * an interval out of its range. A look that takes longer than the interval is waited for, and the next one is skipped.
 */
export function sampled<T>(what: string, intervalMs: number, start: () => () => MaybePromise<T>): LiveSource<T> {
  if (intervalMs < SHORTEST || intervalMs > LONGEST) {
    throw badInput('intervalMs', intervalMs, `from ${SHORTEST} to ${LONGEST}`);
  }
  return new LiveSource<T>({
    kind: 'state',
    key: `${what} every ${intervalMs}`,
    open(sink) {
      const read = start();
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
    },
  });
}
