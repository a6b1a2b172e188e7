import type { Link } from './link.ts';
import { countPubacks, Publisher, type Sort } from './publisher.ts';
import { Tally } from './tally.ts';

/** When a stream of messages ends: after some time, or after some messages. */
export type Extent = { readonly milliseconds: number } | { readonly messages: number };

/** Messages that a server took, and the milliseconds from the first of them to the last acknowledgement. */
export interface Published {
  readonly messages: number;
  readonly elapsed: number;
}

/** Publishes at QoS 1 over each link with a fixed number of messages in flight, until all is acknowledged. */
export async function publishInWindow(
  links: readonly Link[],
  sort: Omit<Sort, 'qos'>,
  inFlight: number,
  extent: Extent,
): Promise<Published> {
  const acknowledged = new Tally('acknowledgements');
  const start = performance.now();
  let sent = 0;
  let isOver = false;
  const room = (free: number): number => {
    if ('messages' in extent) return Math.min(free, extent.messages - sent);
    return performance.now() - start < extent.milliseconds ? free : 0;
  };
  for (const link of links) {
    const publisher = new Publisher(link, { ...sort, qos: 1 });
    const send = (free: number): void => {
      const count = room(free);
      if (count > 0) publisher.send(count);
      else isOver = true;
      sent += count;
    };
    countPubacks(link, (count) => {
      send(count);
      acknowledged.add(count);
    });
    send(inFlight);
  }
  await acknowledged.until((count) => isOver && count >= sent);
  return { messages: sent, elapsed: performance.now() - start };
}
