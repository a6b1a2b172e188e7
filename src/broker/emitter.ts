import mqemitter from 'mqemitter';
import type { Qlobber } from 'qlobber';

interface Emitted {
  readonly topic: string;
}

/**
 * aedes' message bus, which tells of messages that nobody on this node receives. `onUnmatched` is called with the
 * packet once for each of them.
 */
export function createEmitter(concurrency: number, onUnmatched: (packet: Emitted) => void): unknown {
  const bus = mqemitter({ concurrency, matchEmptyLevels: true }) as unknown as {
    _matcher: Qlobber<unknown>;
    _do(packet: Emitted, callback: () => void): unknown;
  };
  const match = bus._matcher.match;
  const emit = bus._do;
  // `_do` looks its receivers up first of all, so that the packet is still the one being emitted.
  let emitted: Emitted | null = null;
  bus._matcher.match = (topic: string) => {
    const receivers = match.call(bus._matcher, topic);
    if (receivers.length === 0 && emitted) onUnmatched(emitted);
    return receivers;
  };
  bus._do = (packet, callback) => {
    emitted = packet;
    return emit.call(bus, packet, callback);
  };
  return bus;
}
