import type { MaybePromise } from '../src/domain.ts';
import { LiveSource } from './live-source.ts';
import { chargeLooks, checkInterval, lookEvery } from './looks.ts';

/**
 * What `start()` reads, looked at now and every `intervalMs`: once for all who ask for the same `what` as often. Refuses
 * an interval out of its range.
 */
export function sampled<T>(what: string, intervalMs: number, start: () => () => MaybePromise<T>): LiveSource<T> {
  checkInterval(intervalMs);
  return new LiveSource<T>({
    kind: 'state',
    key: `${what} every ${intervalMs}`,
    onExecuted: chargeLooks,
    open: (sink) => lookEvery(intervalMs, start(), sink),
  });
}
