import { neighbourhood } from '../net/addresses.ts';
import { createFailureCounts, type FailureCounts } from './failure-counts.ts';

/**
 * Slows down logins that fail: by address, by name from an address and, more mildly, by name. Who logged in from an
 * address before is slowed down there by failures of that very name only, so that nobody can shut out the rest.
 */
export interface Throttle {
  /**
   * Answers how many milliseconds this login has to wait; 0 is go on, and then the next one after failures has to wait
   * for the outcome of this one, or for as long as after its failure.
   */
  check(address: string, name: string): number;
  failed(address: string, name: string): void;
  succeeded(address: string, name: string): void;
}

/** Makes a throttle; each of its maps holds `capacity` entries, 10 000 unless given, and the oldest goes. */
export function createThrottle(capacity = 10_000): Throttle {
  const addresses = createFailureCounts({ capacity, free: 3, longest: 30_000 });
  const pairs = createFailureCounts({ capacity, free: 3, longest: 30_000 });
  const names = createFailureCounts({ capacity, free: 19, longest: 1000 });
  const succeededPairs = new Set<string>();

  const keysOf = (address: string, name: string) => {
    const group = neighbourhood(address);
    // Names come from strangers; cut, they cannot fill the memory.
    const cut = name.slice(0, 128);
    return { group, cut, pair: `${group} ${cut}` };
  };

  const remember = (pair: string): void => {
    succeededPairs.delete(pair);
    succeededPairs.add(pair);
    const [oldest] = succeededPairs;
    if (succeededPairs.size > capacity && oldest !== undefined) succeededPairs.delete(oldest);
  };

  return {
    check(address, name) {
      const { group, cut, pair } = keysOf(address, name);
      const judges: (readonly [FailureCounts, string])[] = [[pairs, pair]];
      if (!succeededPairs.has(pair)) judges.push([addresses, group], [names, cut]);
      const wait = Math.max(...judges.map(([counts, key]) => counts.wait(key)));
      if (wait === 0) for (const [counts, key] of judges) counts.hold(key);
      return wait;
    },
    failed(address, name) {
      const { group, cut, pair } = keysOf(address, name);
      addresses.add(group);
      pairs.add(pair);
      names.add(cut);
    },
    succeeded(address, name) {
      const { group, cut, pair } = keysOf(address, name);
      pairs.clear(pair);
      // The failures of others are not forgiven: one good login would pay for any number of guesses.
      addresses.release(group);
      names.release(cut);
      remember(pair);
    },
  };
}
