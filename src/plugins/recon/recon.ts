import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';
import type { Diagnostics } from '../../domain.ts';
import { version } from '../../package.ts';
import type { Offer } from '../offer.ts';
import { type Plugin, plugin } from '../plugin.ts';
import { EventLoopWatch } from '../vitals/event-loop.ts';
import { type GarbageKind, watchGarbage } from '../vitals/garbage.ts';
import { openFiles } from '../vitals/open-files.ts';

/** What there is to see of this process now. */
export type ReadDiagnostics = () => Promise<Omit<Diagnostics, 'nodeName'>>;

/** Looks at the process of the node: its event loop, memory, garbage collections and handles. */
export const recon = (offer: Offer<ReadDiagnostics>): Plugin =>
  plugin({
    name: 'emqx_recon',
    version,
    description: 'Recon: event loop, memory, garbage collections and handles of a node',
    type: 'feature',
    settings: {},
    order: 0,
    isActiveAtFirst: true,
    isPermanent: false,
    load() {
      const since = Date.now();
      const loop = new EventLoopWatch();
      const garbage = new Map<GarbageKind, { count: number; duration: number; longest: number }>();
      const endGarbage = watchGarbage((kind, duration) => {
        const { count, duration: sum, longest } = garbage.get(kind) ?? { count: 0, duration: 0, longest: 0 };
        garbage.set(kind, { count: count + 1, duration: sum + duration, longest: Math.max(longest, duration) });
      });
      const read: ReadDiagnostics = async () => {
        const { user, system } = process.cpuUsage();
        return {
          since,
          eventLoop: loop.figures(),
          memory: memoryFigures(),
          garbageCollections: Array.from(garbage, ([kind, figures]) => ({ kind, ...figures })),
          resources: resourceCounts(),
          openFiles: await openFiles(),
          cpuUser: user / 1000,
          cpuSystem: system / 1000,
        };
      };
      let takeBack = (): void => {};
      return {
        start() {
          takeBack = offer.make(read);
        },
        unload() {
          takeBack();
          endGarbage();
          loop.stop();
        },
      };
    },
  });

function memoryFigures(): Diagnostics['memory'] {
  const { rss, heapTotal, heapUsed, external, arrayBuffers } = process.memoryUsage();
  return {
    residentSet: rss,
    heapTotal,
    heapUsed,
    heapLimit: getHeapStatistics().heap_size_limit,
    external,
    arrayBuffers,
    heapSpaces: getHeapSpaceStatistics().map((space) => ({
      name: space.space_name,
      size: space.space_size,
      used: space.space_used_size,
      available: space.space_available_size,
    })),
  };
}

/** What keeps the process alive, by type, the most frequent first. */
function resourceCounts(): Diagnostics['resources'] {
  const counts = new Map<string, number>();
  for (const type of process.getActiveResourcesInfo()) counts.set(type, (counts.get(type) ?? 0) + 1);
  return Array.from(counts, ([type, count]) => ({ type, count })).sort((a, b) => b.count - a.count);
}
