import type { Alarms } from '../alarms/alarms.ts';
import { type Look, lookAt } from '../alarms/gauge.ts';
import { Tally } from '../alarms/tally.ts';
import type { BrokerEvents } from '../broker/events.ts';
import { type Ban, BrokerError, shown } from '../domain.ts';
import type { Bans } from './bans.ts';
import { RecentTimes } from './recent-times.ts';

export interface FlappingLimits {
  readonly enableFlappingDetect: 'off' | 'on';
  /** Disconnects within the window; one more is flapping. */
  readonly flappingThreshold: number;
  /** Seconds. */
  readonly flappingWindow: number;
  /** Seconds. */
  readonly flappingBannedExpiryInterval: number;
  /** Bans of everybody, of which a tenth is kept from the detector. */
  readonly maxBans: number;
}

export interface FlappingOptions {
  /** Read whenever they are needed. */
  readonly limits: FlappingLimits;
  readonly events: Pick<BrokerEvents, 'disconnected'>;
  readonly bans: Bans;
  readonly alarms: Pick<Alarms, 'raise' | 'clear' | 'has'>;
  readonly onFault: (fault: unknown) => void;
  /** Monotonic milliseconds. */
  readonly clock?: () => number;
}

export interface FlappingDetection {
  /** To be taken now and then: they bring back alarms that are missing, and tell of clients that could not be banned. */
  readonly looks: readonly Look[];
  /** Ends the detection; bans and alarms stay. */
  end(): void;
}

/** Who bans flapping clients, and why, as their bans say. */
const DETECTOR = 'flapping detector';
const REASON = 'flapping';

/** Ends of connections that are the doing of the broker or its operator, and no fault of the client. */
const NOT_THE_CLIENT = new Set(['kicked', 'banned', 'broker_stopped', 'store_failed', 'token_expired']);

const alarmOf = (clientId: string): string => `flapping:${clientId}`;

/** Whether a ban is the detector's; anybody may have written its name on another one. */
const isOwn = ({ as, by, reason, until }: Ban): boolean =>
  as === 'CLIENT_ID' && by === DETECTOR && reason === REASON && until !== null;

/** Bans clients that connect and disconnect over and over again, and raises an alarm for each while its ban lasts. */
export function detectFlapping({ limits, events, bans, alarms, onFault, clock }: FlappingOptions): FlappingDetection {
  const recent = new RecentTimes(clock ?? (() => performance.now()));
  const own = new Map<string, Ban>();
  const unbanned = new Tally();
  let why = '';

  const raise = ({ who, until, desc }: Ban): void => {
    const end = until === null ? '' : ` until ${new Date(until).toISOString()}`;
    const summary = `client '${shown(who)}' is banned${end}: ${shown(desc ?? REASON)}`;
    alarms.raise({ id: alarmOf(who), severity: 'warning', title: 'Flapping client', summary });
  };

  const raiseAll = (): void => {
    for (const ban of own.values()) {
      raise(ban);
      // The first one for which there is no room: there is none for the rest.
      if (!alarms.has(alarmOf(ban.who))) return;
    }
  };

  const ban = async (clientId: string): Promise<void> => {
    const { flappingThreshold, flappingWindow, flappingBannedExpiryInterval, maxBans } = limits;
    const until = Date.now() + flappingBannedExpiryInterval * 1000;
    const key = { as: 'CLIENT_ID', who: clientId } as const;
    const standing = bans.get(key);
    // Somebody's own ban is not shortened.
    if (standing && (standing.until === null || standing.until >= until)) return;
    const desc = `more than ${flappingThreshold} disconnects within ${flappingWindow} seconds`;
    await bans.put([{ ...key, reason: REASON, by: DETECTOR, desc, until }], maxBans - Math.floor(maxBans / 10));
  };

  const fail = (fault: unknown): void => {
    const isExpected = fault instanceof BrokerError;
    if (!isExpected) onFault(fault);
    why = isExpected ? fault.message : 'the log tells why';
    unbanned.add(1);
  };

  const leaves = [
    events.disconnected.listen(({ clientId }, reason) => {
      if (limits.enableFlappingDetect === 'off' || NOT_THE_CLIENT.has(reason)) return;
      const { flappingThreshold, flappingWindow } = limits;
      if (recent.note(clientId, flappingWindow * 1000, flappingThreshold + 1) <= flappingThreshold) return;
      recent.forget(clientId);
      ban(clientId).catch(fail);
    }),
    bans.begun.listen((begun) => {
      if (!isOwn(begun)) return;
      own.set(begun.who, begun);
      raise(begun);
    }),
    bans.ended.listen((ended) => {
      if (!isOwn(ended)) return;
      own.delete(ended.who);
      alarms.clear(alarmOf(ended.who));
    }),
  ];

  // What stands from before a restart.
  for (const standing of bans.madeBy(DETECTOR)) if (isOwn(standing)) own.set(standing.who, standing);
  raiseAll();

  return {
    looks: [
      raiseAll,
      lookAt({
        id: 'flapping_not_banned',
        severity: 'error',
        title: 'Flapping clients are not banned',
        read: () => unbanned.take().count,
        marks: () => ({ high: 1, low: 1 }),
        summary: (figure) => `since the last look ${figure} bans of flapping clients failed: ${why}`,
        calmLooks: 3,
      }),
    ],
    end() {
      for (const leave of leaves) leave();
    },
  };
}
