import { bareAedes } from './brokers/bare-aedes.ts';
import type { Broker } from './brokers/broker.ts';
import { BUILT, brokerql } from './brokers/brokerql.ts';
import { type Contender, Field } from './brokers/field.ts';
import { mosquitto } from './brokers/mosquitto.ts';
import { processorTime } from './brokers/process-figures.ts';
import { type Effort, type Result, takeTurns } from './contest.ts';
import type { Cost } from './load-process.ts';
import { figure, ratio } from './table.ts';

/** What the parts are given that compare brokers. */
export interface Arena {
  readonly effort: Effort;
  /** Whether the run is short: to see that it runs. */
  readonly isQuick: boolean;
  /** Folder in which the brokers' folders are made. */
  readonly parent: string;
}

/** The brokers of most comparisons: bare aedes, which all are measured by, brokerql, and mosquitto where there is one. */
export function usualBrokers(): Broker[] {
  const other = mosquitto();
  return [bareAedes(), brokerql(BUILT), ...(other ? [other] : [])];
}

/** Runs with brokers that are started before and gone afterwards. */
export async function inField<T>({ parent }: Arena, work: (field: Field) => Promise<T>): Promise<T> {
  const field = new Field(parent);
  try {
    return await work(field);
  } finally {
    await field.close();
  }
}

/** What a turn has done: so many messages in so many milliseconds. */
export interface Done {
  readonly messages: number;
  readonly elapsed: number;
}

/** What a message costs, in time and in processor time of this broker, while `work` runs. */
export async function costOf({ running }: Contender, work: () => Promise<Done>): Promise<Cost> {
  const before = processorTime(running.pid);
  const { messages, elapsed } = await work();
  return { time: (elapsed * 1000) / messages, cpu: (processorTime(running.pid) - before) / messages };
}

/** Lets brokers take turns, one unmeasured first, each when the work of the last turn is over everywhere. */
export async function compare<S>(
  field: Field,
  sides: readonly S[],
  { rounds }: Effort,
  turn: (side: S) => Promise<Cost>,
): Promise<Result[]> {
  for (const side of sides) await turn(side);
  return takeTurns(sides, rounds, async (side) => {
    await field.quiet();
    return turn(side);
  });
}

/** The columns of `rates` for these brokers. */
export const rateColumns = ([first, ...others]: readonly string[]): string[] => [
  `${first} /s`,
  ...others.flatMap((name) => [`${name} /s`, 'ratio', 'per cpu']),
];

/** Messages a second, and for all but the first side its part of the first side's: by the clock, and by processor time. */
export const rates = ([first, ...others]: readonly Result[]): string[] => [
  ...(first ? [figure(1e6 / first.time)] : []),
  ...others.flatMap(({ time, ratio: part }) => [figure(1e6 / time), ratio(1 / part.time), ratio(1 / part.cpu)]),
];
