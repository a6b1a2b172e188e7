import type { AlarmPort } from '../alarms/alarm.ts';
import type { BrokerEvents } from '../broker/events.ts';
import { type Ban, shown } from '../domain.ts';
import type { Bans } from './bans.ts';

export interface FlappingLimits {
  readonly enableFlappingDetect: 'off' | 'on';
  /** Disconnects within the window; one more is flapping. */
  readonly flappingThreshold: number;
  /** Seconds. */
  readonly flappingWindow: number;
  /** Seconds. */
  readonly flappingBannedExpiryInterval: number;
}

export interface FlappingOptions {
  /** Read whenever they are needed. */
  readonly limits: FlappingLimits;
  readonly events: Pick<BrokerEvents, 'disconnected'>;
  readonly bans: Bans;
  readonly alarms: AlarmPort;
  readonly onFault: (fault: unknown) => void;
  /** Monotonic milliseconds. */
  readonly clock?: () => number;
}

/** Who bans flapping clients, as their bans say. */
const DETECTOR = 'flapping detector';

/** Ends of connections that are the doing of the broker or its operator, and no fault of the client. */
const NOT_THE_CLIENT = new Set(['kicked', 'banned', 'broker_stopped', 'store_failed']);

const alarmOf = (clientId: string): string => `flapping:${clientId}`;

/**
 * Bans clients that connect and disconnect over and over again, and raises an alarm for each while its ban lasts.
 * Answers a function that ends the detection; bans and alarms stay.
 */
export function detectFlapping({ limits, events, bans, alarms, onFault, clock }: FlappingOptions): () => void {
  const recent = new RecentTimes(clock ?? (() => performance.now()));

  const raise = ({ who, until, desc }: Ban): void => {
    const end = until === null ? '' : ` until ${new Date(until).toISOString()}`;
    const summary = `client '${shown(who)}' is banned${end}: ${shown(desc ?? 'flapping')}`;
    alarms.raise({ id: alarmOf(who), severity: 'warning', title: 'Flapping client', summary });
  };

  const ban = async (clientId: string): Promise<void> => {
    const { flappingThreshold: most, flappingWindow: window, flappingBannedExpiryInterval: interval } = limits;
    const until = Date.now() + interval * 1000;
    const key = { as: 'CLIENT_ID', who: clientId } as const;
    const standing = bans.get(key);
    // Somebody's own ban is not shortened.
    if (standing && (standing.until === null || standing.until >= until)) return;
    const desc = `more than ${most} disconnects within ${window} seconds`;
    await bans.put([{ ...key, reason: 'flapping', by: DETECTOR, desc, until }]);
    const made = bans.get(key);
    if (made?.by === DETECTOR) raise(made);
  };

  // What stands from before a restart.
  for (const standing of bans.madeBy(DETECTOR)) raise(standing);

  const leave = events.disconnected.listen(({ clientId }, reason) => {
    if (limits.enableFlappingDetect === 'off' || NOT_THE_CLIENT.has(reason)) return;
    const { flappingThreshold, flappingWindow } = limits;
    if (recent.note(clientId, flappingWindow * 1000, flappingThreshold + 1) <= flappingThreshold) return;
    recent.forget(clientId);
    void ban(clientId).catch(onFault);
  });
  const unlisten = bans.ended.listen(({ as, who, by }: Ban) => {
    if (as === 'CLIENT_ID' && by === DETECTOR) alarms.clear(alarmOf(who));
  });
  return () => {
    leave();
    unlisten();
  };
}

/** Names of one generation, and characters of all of them together. */
const MOST_NAMES = 100_000;
const MOST_TEXT = 16 * 1024 * 1024;

/**
 * When something happened lately, by name. Names lie in two generations: what was not heard of for a whole one is
 * forgotten, so that neither time nor very many names make it grow.
 */
export class RecentTimes {
  readonly #clock: () => number;
  #young = new Map<string, number[]>();
  #old = new Map<string, number[]>();
  #text = 0;
  #begunAt: number;

  /** `clock` tells milliseconds. */
  constructor(clock: () => number) {
    this.#clock = clock;
    this.#begunAt = clock();
  }

  /** Names that are remembered. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** Notes that it happened now. Answers how often it has within this many milliseconds, up to `most`. */
  note(name: string, window: number, most: number): number {
    const now = this.#clock();
    this.#age(now, window);
    let times = this.#young.get(name);
    if (!times) {
      times = this.#old.get(name) ?? [];
      this.#old.delete(name);
      this.#young.set(name, times);
      this.#text += name.length;
    }
    times.push(now);
    const within = times.findIndex((time) => time > now - window);
    times.splice(0, Math.max(within, times.length - most));
    return times.length;
  }

  forget(name: string): void {
    if (this.#young.delete(name)) this.#text -= name.length;
    this.#old.delete(name);
  }

  #age(now: number, window: number): void {
    if (now - this.#begunAt < window && this.#young.size < MOST_NAMES && this.#text < MOST_TEXT) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#text = 0;
    this.#begunAt = now;
  }
}
