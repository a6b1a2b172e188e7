import type { AlarmSettings } from '../config/alarm-settings.ts';
import { type Look, lookAt } from './gauge.ts';

/**
 * Whether the wall clock went on as the monotonic one did, since the last look. Sessions do not care; times in records,
 * tokens that expire, and certificates do.
 */
export function clockLook(limits: Pick<AlarmSettings, 'clockJump'>, now: () => number = Date.now): Look {
  let before: number | null = null;
  let jumped = 0;
  return lookAt({
    id: 'clock_jumped',
    severity: 'warning',
    title: 'The clock jumped',
    read: () => {
      const ahead = (now() - performance.now()) / 1000;
      jumped = before === null ? 0 : ahead - before;
      before = ahead;
      return Math.abs(jumped);
    },
    marks: () => ({ high: limits.clockJump, low: limits.clockJump }),
    summary: (figure, { high }) =>
      `the clock of the machine jumped ${jumped < 0 ? 'back' : 'ahead'} by ${Math.round(figure)} s; the mark is ${high} s`,
    calmLooks: 3,
  });
}
