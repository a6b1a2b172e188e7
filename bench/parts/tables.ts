import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Effort } from '../contest.ts';
import type { House } from '../house.ts';
import { median } from '../median.ts';
import { pace } from '../pace.ts';
import { LOAD_CORE, pin } from '../pin.ts';
import { figure, printTable, ratio } from '../table.ts';

const PER_SECOND = 1000;
/** Milliseconds of one turn for each of the effort: a reader does something once a second only. */
const STRETCH = 10;

const ways = ['nobody', 'poll', 'follow'] as const;
type Way = (typeof ways)[number];

const orders = {
  'by client id': '{column: CLIENT_ID}',
  'the newest': '{column: CONNECTED_AT, direction: DESC}',
} as const;

const changes = ['counters', 'come and go'] as const;

async function reader(way: Exclude<Way, 'nobody'>, port: number, order: string): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, '../tables/reader.js'), [way, String(port), order]);
  if (child.pid !== undefined) pin(child.pid, LOAD_CORE);
  await once(child, 'message');
  return child;
}

/** What changes: counters of connections, or which connections there are. */
function changing({ broker: { registry } }: House, what: (typeof changes)[number]): (turn: number) => void {
  const rows = Array.from(registry.sessionsById.values(), ({ connection }) => connection);
  return (turn) => {
    const row = rows[(turn * 7919) % rows.length];
    if (!row) throw new Error('a row was not listed');
    if (what === 'counters') {
      row.messagesReceived += 1;
      row.bytesReceived += 100;
    } else {
      registry.close(row, row.connectedAt);
      registry.open(row);
    }
  };
}

/** Processor time of this process, the server's, while one second passes; microseconds. */
async function costOf(work: (turn: number) => void, milliseconds: number): Promise<number> {
  const before = process.cpuUsage();
  const elapsed = await pace({ perSecond: PER_SECOND, milliseconds }, work);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / elapsed;
}

/**
 * What one reader of a page of 100 costs the server in processor time: one that asks for it every second, and one that
 * follows it. What the changes cost without a reader is taken off.
 */
export async function tables(house: House, effort: Effort): Promise<void> {
  const time = effort.milliseconds * STRETCH;
  const rows: string[][] = [];
  for (const [name, order] of Object.entries(orders)) {
    for (const what of changes) {
      const costs: Record<Way, number[]> = { nobody: [], poll: [], follow: [] };
      const work = changing(house, what);
      for (let round = 0; round <= effort.rounds; round += 1) {
        for (const way of ways) {
          const child = way === 'nobody' ? null : await reader(way, house.management.port, order);
          const cost = await costOf(work, time);
          child?.disconnect();
          // The first round is for the compiler.
          if (round > 0) costs[way].push(cost);
        }
      }
      const [nobody, poll, follow] = ways.map((way) => median(costs[way]) / 1000) as [number, number, number];
      const share = median(
        costs.follow.map((own, i) => (own - costs.nobody[i]!) / (costs.poll[i]! - costs.nobody[i]!)),
      );
      rows.push([name, what, figure(nobody), figure(poll - nobody), figure(follow - nobody), ratio(share)]);
    }
  }
  printTable(
    `tables: a page of 100 of ${house.broker.registry.connectionsCount} connections, ${PER_SECOND} changes a second`,
    ['page', 'changes', 'without reader ms/s', 'polled ms/s', 'followed ms/s', 'followed / polled'],
    rows,
  );
}
