import { neighbourhood } from '../net/addresses.ts';
import type { CredentialKind } from './principal.ts';
import { safeText } from './safe-text.ts';

/** A login that failed. */
export interface Failure {
  readonly address: string;
  readonly kind: CredentialKind;
  /** What the stranger says to be. */
  readonly name: string;
}

/** Failures of one address since the last report: the newest of them, and how many there were. */
export interface FailureReport extends Failure {
  readonly count: number;
}

export interface FailureLog {
  add(failure: Failure): void;
  /** Reports what was counted and not reported yet, and stops. */
  close(): void;
}

const INTERVAL = 1000;

interface Tally {
  newest: Failure;
  count: number;
  reportedAt: number;
}

/**
 * Makes a log of failed logins that strangers cannot flood: the first failure of an address is told to `report` at once,
 * later ones at most once a second with their count. Names are escaped and shortened. It counts `capacity` addresses,
 * 10 000 unless given; the oldest goes.
 */
export function createFailureLog(report: (failures: FailureReport) => void, capacity = 10_000): FailureLog {
  const tallies = new Map<string, Tally>();
  let timer: NodeJS.Timeout | null = null;

  const tell = (tally: Tally): void => {
    const { address, kind, name } = tally.newest;
    report({ address, kind, name: safeText(name, 200), count: tally.count });
    tally.count = 0;
    tally.reportedAt = performance.now();
  };

  const drop = (group: string, tally: Tally): void => {
    tallies.delete(group);
    if (tally.count > 0) tell(tally);
  };

  const rest = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
  };

  const look = (): void => {
    const now = performance.now();
    for (const [group, tally] of tallies) {
      if (now - tally.reportedAt < INTERVAL) continue;
      if (tally.count > 0) tell(tally);
      else tallies.delete(group);
    }
    if (tallies.size === 0) rest();
  };

  return {
    add(failure) {
      const group = neighbourhood(failure.address);
      const known = tallies.get(group);
      if (known !== undefined) {
        known.newest = failure;
        known.count += 1;
        return;
      }
      const tally: Tally = { newest: failure, count: 1, reportedAt: 0 };
      tell(tally);
      tallies.set(group, tally);
      timer ??= setInterval(look, INTERVAL).unref();
      const [oldest] = tallies;
      if (tallies.size > capacity && oldest !== undefined) drop(...oldest);
    },
    close() {
      for (const [group, tally] of tallies) drop(group, tally);
      rest();
    },
  };
}
