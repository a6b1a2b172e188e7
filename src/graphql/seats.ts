import { BrokerError, type Principal, shown } from '../domain.ts';

/** What one caller holds open at once, WebSockets and event streams together. */
export interface Seats {
  /** Takes a seat. Answers what gives it back, once; or the refusal when the caller has as many as it may. */
  take(principal: Principal): (() => void) | BrokerError;
}

/** How much each may; 0 is no limit. */
export interface SeatLimits {
  readonly perCaller: number;
}

/** Makes the count of what callers hold open; `limits` are read with each that comes. */
export function createSeats(limits: SeatLimits): Seats {
  const taken = new Map<string, number>();
  return {
    take({ kind, name }) {
      const key = `${kind} ${name}`;
      const { perCaller: limit } = limits;
      const count = taken.get(key) ?? 0;
      if (limit > 0 && count >= limit) {
        return new BrokerError(
          'LIMIT_EXCEEDED',
          `'${shown(name)}' has ${count} WebSockets and event streams open; the limit is ${limit}`,
          { value: count },
        );
      }
      taken.set(key, count + 1);
      let isTaken = true;
      return () => {
        if (!isTaken) return;
        isTaken = false;
        const left = (taken.get(key) ?? 0) - 1;
        if (left > 0) taken.set(key, left);
        else taken.delete(key);
      };
    },
  };
}
