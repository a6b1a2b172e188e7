import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Broker } from '../brokers/broker.ts';
import { type Contender, Field } from '../brokers/field.ts';
import { memory } from '../brokers/process-figures.ts';
import { LOAD_CORE, pin } from '../pin.ts';
import { figure, printTable, ratio } from '../table.ts';
import type { Report, Task } from './connector.ts';
import { Inspector } from './inspector.ts';

const CYCLES = 3;
const MOST_GROWTH = 1.1;
/** Descriptors that a broker needs besides its connections. */
const SPARE = 500;

export interface ConnectionSoak {
  /** Started with `--inspect=127.0.0.1:0`. */
  readonly broker: Broker;
  readonly connections: number;
  /** Folder in which the broker's folder is made. */
  readonly parent: string;
}

/** The clients, in a process of their own. */
class Connector {
  readonly #child: ChildProcess = fork(join(import.meta.dirname, 'connector.js'));
  readonly #ended: Promise<never> = once(this.#child, 'exit').then(() => {
    throw new Error('the process of the clients ended');
  });

  constructor() {
    this.#ended.catch(() => {});
    if (this.#child.pid !== undefined) pin(this.#child.pid, LOAD_CORE);
  }

  async carryOut(task: Task): Promise<void> {
    this.#child.send(task);
    const [{ fault }] = (await Promise.race([once(this.#child, 'message'), this.#ended])) as [Report];
    if (fault !== null) throw new Error(fault);
  }

  close(): void {
    this.#child.disconnect();
  }
}

/** How many connections a process may have at most. */
function room(): number {
  try {
    const limit = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return limit === undefined || limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit) - SPARE;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

// A closed connection keeps its port for a minute: each cycle has the ports of an address of its own, where a system
// has more than one for itself.
const addressOf = (cycle: number): string => (process.platform === 'linux' ? `127.0.0.${10 + cycle}` : '127.0.0.1');

const mebibytes = (bytes: number): string => figure(bytes / 2 ** 20);

interface Cycles {
  readonly rows: string[][];
  readonly isSteady: boolean;
}

/** Opens and closes connections of one sort; the heap after each cycle is held against that after the first. */
async function runCycles(
  { field, contender, connector, inspector }: Setup,
  clean: boolean,
  count: number,
): Promise<Cycles> {
  const { pid, port } = contender.running;
  const rows: string[][] = [];
  let first: number | null = null;
  let isSteady = true;
  for (let cycle = 1; cycle <= CYCLES; cycle += 1) {
    const from = addressOf(clean ? cycle : CYCLES + cycle);
    await connector.carryOut({ task: 'open', port, count, clean, from });
    await field.quiet();
    const open = await inspector.heap();
    await connector.carryOut({ task: 'close' });
    await field.quiet();
    const closed = await inspector.heap();
    first ??= closed;
    if (closed > first * MOST_GROWTH) isSteady = false;
    rows.push([
      clean ? 'clean' : 'persistent',
      String(cycle),
      mebibytes(open),
      mebibytes(closed),
      ratio(closed / first),
      figure(memory(pid)),
    ]);
  }
  return { rows, isSteady };
}

interface Setup {
  readonly field: Field;
  readonly contender: Contender;
  readonly connector: Connector;
  readonly inspector: Inspector;
}

/** Opens and closes connections, clean and persistent ones; answers whether the heap was as large as after the first time. */
export async function soakConnections({ broker, connections, parent }: ConnectionSoak): Promise<boolean> {
  const count = Math.min(connections, room());
  if (count < connections) process.stdout.write(`connections: ${count}, as the limit of open files allows no more\n`);
  const field = new Field(parent);
  const connector = new Connector();
  try {
    const contender = await field.start(broker);
    const inspector = await Inspector.open(contender.running.output);
    const setup = { field, contender, connector, inspector };
    const idle = await inspector.heap();
    const clean = await runCycles(setup, true, count);
    const persistent = await runCycles(setup, false, count);
    inspector.close();
    printTable(
      `connections: ${broker.name}, ${count} opened and closed; heap at the start ${mebibytes(idle)} MiB`,
      ['session', 'cycle', 'open MiB', 'closed MiB', 'ratio', 'resident MiB'],
      [...clean.rows, ...persistent.rows],
    );
    return clean.isSteady && persistent.isSteady;
  } finally {
    connector.close();
    await field.close();
  }
}
