import type { Alarm, Listener, Metrics, Plugin, Stats } from '../domain.ts';

/** What a node knows of itself in numbers, for plugins that tell others. All of it is there at once. */
export interface NodeFigures {
  metrics(): Metrics;
  stats(): Stats;
  listeners(): readonly Listener[];
  plugins(): readonly Plugin[];
  /** The alarms that stand now. */
  alarms(): Iterable<Pick<Alarm, 'severity'>>;
}
