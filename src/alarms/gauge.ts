import { type MaybePromise, whenReady } from '../maybe-promise.ts';
import type { AlarmNotice } from './alarm.ts';
import type { Alarms } from './alarms.ts';

/** Looks at one thing, and raises or clears the alarms that are about it. */
export type Look = (alarms: Pick<Alarms, 'raise' | 'clear' | 'has'>) => MaybePromise<void>;

/** From `high` on there is an alarm, and below `low` there is none any more. A `high` of 0 turns it off. */
export interface Marks {
  readonly high: number;
  readonly low: number;
}

/** A figure that is too high from some mark on. */
export interface Gauge extends Pick<AlarmNotice, 'id' | 'severity' | 'title'> {
  /** The figure now; null where it cannot be known, or not yet: then nothing changes. */
  readonly read: () => MaybePromise<number | null>;
  /** Read whenever they are needed. */
  readonly marks: () => Marks;
  readonly summary: (figure: number, marks: Marks) => string;
  /** The figure as text, of an alarm that EMQ X has as one of the system. */
  readonly value?: (figure: number) => string;
  /** Looks in a row below `low` that end the alarm; more than one for what only happens now and then. */
  readonly calmLooks?: number;
}

/** Makes the look at a gauge. Whether the alarm stands is all that it remembers, so that it goes on after a restart. */
export function lookAt({ id, severity, title, read, marks, summary, value, calmLooks = 1 }: Gauge): Look {
  let calm = 0;
  return (alarms) => {
    const judge = (figure: number | null): void => {
      const known = marks();
      const { high, low } = known;
      if (high === 0) alarms.clear(id);
      if (high === 0 || figure === null) return;
      const stands = alarms.has(id);
      if (figure >= high || (stands && figure >= Math.min(low, high))) {
        calm = 0;
        const told = value ? { value: value(figure) } : {};
        alarms.raise({ id, severity, title, summary: summary(figure, known), ...told });
      } else if (stands && ++calm >= calmLooks) {
        calm = 0;
        alarms.clear(id);
      }
    };
    return whenReady(read(), judge);
  };
}
