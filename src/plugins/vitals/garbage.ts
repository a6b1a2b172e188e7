import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';

/** What a collection looked for: young objects, all objects, a part of them, or weak references. */
export type GarbageKind = 'MINOR' | 'MAJOR' | 'INCREMENTAL' | 'WEAK';

const kinds: Readonly<Record<number, GarbageKind>> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'MINOR',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'MAJOR',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'INCREMENTAL',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'WEAK',
};

export const GARBAGE_KINDS: readonly GarbageKind[] = Object.values(kinds);

/** Tells of each garbage collection of this thread and of the milliseconds that it took. Answers a function that ends it. */
export function watchGarbage(tell: (kind: GarbageKind, duration: number) => void): () => void {
  const observer = new PerformanceObserver((list) => {
    // The types of Node.js know no detail of an entry in general.
    for (const entry of list.getEntries() as (PerformanceEntry & { readonly detail: { readonly kind: number } })[]) {
      const kind = kinds[entry.detail.kind];
      if (kind) tell(kind, entry.duration);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return () => observer.disconnect();
}
