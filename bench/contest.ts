import type { Cost, LoadProcess } from './load-process.ts';
import { median } from './median.ts';

/** How long a comparison takes. */
export interface Effort {
  readonly rounds: number;
  /** Milliseconds of one side in one round. */
  readonly milliseconds: number;
}

/** One way of answering. */
export interface Side {
  readonly port: number;
  /** The request as it goes over the wire. */
  readonly request: string;
}

/** What a side cost: the medians of its rounds. */
export interface Result extends Cost {
  /** Against the first side: the medians of the rounds' ratios, which a change of the machine's pace leaves alone. */
  readonly ratio: Cost;
}

/** Calls the sides in turn, round after round, each round beginning with another one. */
export async function compete(
  load: LoadProcess,
  sides: readonly Side[],
  inFlight: number,
  { rounds, milliseconds }: Effort,
): Promise<Result[]> {
  for (const side of sides) await load.call({ ...side, inFlight, milliseconds: 2 * milliseconds });
  return takeTurns(sides, rounds, (side) => load.call({ ...side, inFlight, milliseconds }));
}

/** Runs the turns of all sides, round after round, each round beginning with another side. */
export async function takeTurns<S>(
  sides: readonly S[],
  rounds: number,
  turn: (side: S) => Promise<Cost>,
): Promise<Result[]> {
  const costs: Cost[][] = sides.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (let i = 0; i < sides.length; i += 1) {
      const index = (round + i) % sides.length;
      costs[index]!.push(await turn(sides[index]!));
    }
  }
  const [first = []] = costs;
  return costs.map((own) => ({
    ...medians(own),
    ratio: medians(
      own.map(({ time, cpu }, round) => ({ time: time / first[round]!.time, cpu: cpu / first[round]!.cpu })),
    ),
  }));
}

const medians = (costs: readonly Cost[]): Cost => ({
  time: median(costs.map(({ time }) => time)),
  cpu: median(costs.map(({ cpu }) => cpu)),
});
