import { setTimeout as pause } from 'node:timers/promises';
import type { Broker } from '../brokers/broker.ts';
import type { Running } from '../brokers/running.ts';
import { Ledger, type Verdict } from './ledger.ts';
import { SoakPublisher } from './publisher.ts';
import { SoakSubscriber } from './subscriber.ts';

/**
 * Where the subscriber is while the server is killed: away; reading what waits for it; or there, with nothing that
 * waits when the publishers begin.
 */
export type Mode = 'away' | 'reading' | 'there';

/** Half of the rounds with the subscriber online. */
export const modeOf = (round: number): Mode => (['away', 'reading', 'away', 'there'] as const)[round % 4]!;

export interface KillRounds {
  readonly broker: Broker;
  /** Where the broker keeps its data from round to round. */
  readonly folder: string;
  /** One round each. */
  readonly modes: readonly Mode[];
  /** From 0 to 1. */
  readonly random: () => number;
  readonly publishers?: number;
  /** Messages in flight of each publisher at each QoS. */
  readonly inFlight?: number;
  /** What the server is killed with. */
  readonly signal?: NodeJS.Signals;
  /** Milliseconds without any message after which no more is waited for; 8 seconds unless given. */
  readonly patience?: number;
  readonly onRound?: (round: Round) => void;
}

/** What a round was. */
export interface Round {
  readonly mode: Mode;
  /** Milliseconds until the server listened. */
  readonly start: number;
  /** Messages acknowledged in this round when the server was killed, and new ones received. */
  readonly acknowledged: number;
  readonly received: number;
  /** Messages that were acknowledged and not received then. */
  readonly waiting: number;
}

const LEAST = 200;
const MOST = 4000;
const LATEST = 20;
const ROUND_ENDS_AFTER = 10_000;

/**
 * Kills a server again and again while publishers publish and a subscriber reads, and tells what the clients saw. At
 * the end the server is left alive until everything has arrived, or nothing does any more.
 */
export async function runKillRounds(options: KillRounds): Promise<Verdict> {
  const {
    broker,
    folder,
    modes,
    random,
    publishers: count = 20,
    inFlight = 20,
    signal = 'SIGKILL',
    patience = 8000,
  } = options;
  const ledger = new Ledger();
  const subscriber = new SoakSubscriber(ledger);
  const publishers = Array.from({ length: count }, (_, number) => new SoakPublisher(number, ledger, inFlight));
  let running: Running = await broker.start(folder);
  let isEnding = false;
  const isExpected = (): boolean => isEnding;

  const connectAll = (): Promise<unknown> =>
    Promise.all(publishers.map((publisher) => publisher.connect(running.port, isExpected)));

  const until = (isReached: () => boolean, milliseconds: number): Promise<boolean> =>
    reached(ledger, publishers, isReached, milliseconds);

  const isRead = (): boolean => ledger.missing === 0;

  async function round(mode: Mode): Promise<void> {
    const begin = performance.now();
    if (isEnding) running = await broker.start(folder);
    isEnding = false;
    const start = performance.now() - begin;
    if (mode !== 'away') await subscriber.connect(running.port, isExpected);
    if (mode === 'there') await until(isRead, patience);
    const before = { acknowledged: ledger.acknowledged, received: ledger.received };
    await connectAll();
    const goal = before.acknowledged + LEAST + Math.floor(random() * (MOST - LEAST));
    await until(() => ledger.acknowledged >= goal, ROUND_ENDS_AFTER);
    await pause(random() * LATEST);
    isEnding = true;
    const seen = {
      acknowledged: ledger.acknowledged - before.acknowledged,
      received: ledger.received - before.received,
      waiting: ledger.missing,
    };
    await running.end(signal);
    await Promise.all([subscriber.closed, ...publishers.map(({ closed }) => closed)]);
    options.onRound?.({ mode, start, ...seen });
  }

  async function finish(): Promise<void> {
    running = await broker.start(folder);
    isEnding = false;
    await subscriber.connect(running.port, isExpected);
    for (const publisher of publishers) publisher.stop();
    await connectAll();
    const isAcknowledged = (): boolean => publishers.every(({ isIdle }) => isIdle);
    if (!(await until(isAcknowledged, patience))) ledger.fault('messages were not acknowledged at the end');
    // They come last: what is doubled comes before them.
    for (const publisher of publishers) publisher.publishLast();
    await until(() => isAcknowledged() && isRead(), patience);
    isEnding = true;
    await Promise.all([subscriber.leave(), ...publishers.map((publisher) => publisher.leave())]);
  }

  try {
    await subscriber.connect(running.port, isExpected);
    await subscriber.subscribe();
    await subscriber.leave();
    for (const mode of modes) await round(mode);
    await finish();
    return ledger.close();
  } finally {
    isEnding = true;
    await running.end('SIGKILL');
  }
}

/** Waits for something that clients bring about. Answers false when they bring about nothing for so long. */
function reached(
  ledger: Ledger,
  publishers: readonly SoakPublisher[],
  isReached: () => boolean,
  milliseconds: number,
): Promise<boolean> {
  if (isReached()) return Promise.resolve(true);
  return new Promise((resolve) => {
    const settle = (answer: boolean): void => {
      clearTimeout(deadline);
      ledger.onChange = () => {};
      for (const publisher of publishers) publisher.onIdle = () => {};
      resolve(answer);
    };
    const deadline = setTimeout(() => settle(false), milliseconds);
    const look = (): void => {
      deadline.refresh();
      if (isReached()) settle(true);
    };
    ledger.onChange = look;
    for (const publisher of publishers) publisher.onIdle = look;
  });
}
