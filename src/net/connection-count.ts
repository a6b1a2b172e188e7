import { neighbourhood } from './addresses.ts';

/** How many connections may be open at once; read with each new one. A limit that is 0 or absent is none. */
export interface ConnectionLimits {
  readonly maxConnections?: number;
  /** The same for those from one address, or one /64 of IPv6. */
  readonly maxConnectionsPerAddress?: number;
}

/** Takes a connection off the count; once, however often it is called. */
export type Leave = () => void;

/** Open connections, in total and by the address that they come from. Ports that share it share its limits. */
export interface ConnectionCount {
  /** Most connections in total; 0 is no limit. */
  readonly maxConnections: number;
  /** Counts a connection in total. Answers null when there are as many as may be. */
  open(): Leave | null;
  /** Counts a connection as one from this address. Answers null when the address has its limit already. */
  enter(address: string): Leave | null;
  /** Addresses that have a connection. */
  readonly addresses: number;
}

/** Counts connections up to these limits; those of an IPv6 /64 are counted together. */
export function createConnectionCount(limits: ConnectionLimits): ConnectionCount {
  const most = (): number => limits.maxConnections ?? 0;
  const counts = new Map<string, number>();
  let total = 0;
  return {
    get maxConnections() {
      return most();
    },
    open() {
      if (most() > 0 && total >= most()) return null;
      total += 1;
      return once(() => {
        total -= 1;
      });
    },
    enter(address) {
      const key = neighbourhood(address);
      const count = counts.get(key) ?? 0;
      const { maxConnectionsPerAddress = 0 } = limits;
      if (maxConnectionsPerAddress > 0 && count >= maxConnectionsPerAddress) return null;
      counts.set(key, count + 1);
      return once(() => {
        const left = (counts.get(key) ?? 0) - 1;
        if (left > 0) counts.set(key, left);
        else counts.delete(key);
      });
    },
    get addresses() {
      return counts.size;
    },
  };
}

function once(leave: Leave): Leave {
  let isOpen = true;
  return () => {
    if (!isOpen) return;
    isOpen = false;
    leave();
  };
}
