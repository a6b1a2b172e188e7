import { neighbourhood } from './addresses.ts';

/** Open connections by the address that they come from; those of an IPv6 /64 are counted together. */
export interface PerAddress {
  /** Counts a connection. Answers what takes it off the count again, once; null when its address has its limit already. */
  enter(address: string): (() => void) | null;
  /** Addresses that have a connection. */
  readonly size: number;
}

/** Counts connections, at most `limit` from one address; 0 is no limit. */
export function createPerAddress(limit: number): PerAddress {
  const counts = new Map<string, number>();
  return {
    enter(address) {
      const key = neighbourhood(address);
      const count = counts.get(key) ?? 0;
      if (limit > 0 && count >= limit) return null;
      counts.set(key, count + 1);
      let isOpen = true;
      return () => {
        if (!isOpen) return;
        isOpen = false;
        const left = (counts.get(key) ?? 0) - 1;
        if (left > 0) counts.set(key, left);
        else counts.delete(key);
      };
    },
    get size() {
      return counts.size;
    },
  };
}
