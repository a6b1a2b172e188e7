import { type MaybePromise, type Metrics, type MetricsRates, whenReady } from '../src/domain.ts';

const RATED = [
  'bytesReceived',
  'bytesSent',
  'packetsReceived',
  'packetsSent',
  'packetsConnectReceived',
  'packetsDisconnectReceived',
  'packetsSubscribeReceived',
  'packetsUnsubscribeReceived',
  'messagesReceived',
  'messagesSent',
  'messagesDropped',
] as const satisfies (keyof MetricsRates)[];

interface Look {
  readonly counters: Metrics;
  /** Milliseconds of a clock that never goes back. */
  readonly at: number;
}

/** A second, to two decimals. A counter that fell began anew: what it counts since then is its rate. */
function ratesOf(before: Look, { counters, at }: Look): MetricsRates {
  const seconds = (at - before.at) / 1000;
  const rate = (name: keyof MetricsRates): number => {
    const grown = counters[name] - before.counters[name];
    return Math.round(((grown < 0 ? counters[name] : grown) / seconds) * 100) / 100;
  };
  return Object.fromEntries(RATED.map((name) => [name, rate(name)])) as Record<keyof MetricsRates, number>;
}

/** Adds to the counters of each node how fast they grew since the look before; null in the first one. */
export function withRates(read: () => MaybePromise<readonly Metrics[]>): () => MaybePromise<readonly Metrics[]> {
  let looks: ReadonlyMap<string, Look> = new Map();
  return () =>
    whenReady(read(), (rows) => {
      const at = performance.now();
      const present = new Map(rows.map((counters) => [counters.nodeName, { counters, at }]));
      const rated = rows.map((row) => {
        const before = looks.get(row.nodeName);
        return { ...row, rates: before ? ratesOf(before, { counters: row, at }) : null };
      });
      looks = present;
      return rated;
    });
}
