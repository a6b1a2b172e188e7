import type { Broker } from '../brokers/broker.ts';
import { Field } from '../brokers/field.ts';
import { figure, printTable } from '../table.ts';
import { modeOf, type Round, runKillRounds } from './kill-rounds.ts';
import { breachesOf, type Verdict } from './ledger.ts';
import { createRandom } from './random.ts';

export interface KillSoak {
  readonly broker: Broker;
  readonly rounds: number;
  readonly seed: number;
  readonly signal: NodeJS.Signals;
  /** Folder in which the broker's folder is made. */
  readonly parent: string;
}

const COLUMNS = ['round', 'subscriber', 'start ms', 'acknowledged', 'received', 'waiting'];

const rowOf = ({ mode, start, acknowledged, received, waiting }: Round, index: number): string[] => [
  String(index + 1),
  mode,
  figure(start),
  ...[acknowledged, received, waiting].map(String),
];

/** The verdict as a table. */
function printVerdict(title: string, verdict: Verdict): void {
  const { published, acknowledged, received, repeated } = verdict;
  const { lost, outOfOrder, doubledQos2, doubledQos1, forgotten, faults } = verdict;
  printTable(
    title,
    ['published', 'acknowledged', 'received', 'repeated QoS 1'],
    [[published, acknowledged, received, repeated].map(String)],
  );
  printTable(
    'breaches, none of which may be',
    ['lost', 'out of order', 'doubled QoS 2', 'doubled QoS 1', 'sessions gone', 'other faults'],
    [[lost, outOfOrder, doubledQos2, doubledQos1, forgotten, faults].map(String)],
  );
  for (const example of verdict.examples) process.stdout.write(`  ${example}\n`);
}

/** Kills a broker round after round, prints what came of it, and answers whether it kept its promises. */
export async function soakKills({ broker, rounds, seed, signal, parent }: KillSoak): Promise<boolean> {
  const field = new Field(parent);
  const rows: string[][] = [];
  try {
    const verdict = await runKillRounds({
      broker,
      folder: field.root,
      signal,
      modes: Array.from({ length: rounds }, (_, round) => modeOf(round)),
      random: createRandom(seed),
      onRound: (round) => {
        rows.push(rowOf(round, rows.length));
        process.stderr.write(`\rround ${rows.length} of ${rounds}`);
      },
    });
    process.stderr.write('\n');
    printTable(`kill: ${broker.name}, ${signal}, seed ${seed}`, COLUMNS, rows);
    printVerdict(`kill: ${rounds} rounds, 20 publishers with 20 messages in flight at QoS 1 and 20 at QoS 2`, verdict);
    return breachesOf(verdict) === 0;
  } finally {
    await field.close();
  }
}
