import { isPromise } from '../../src/domain.ts';
import type { Effort } from '../contest.ts';
import { type House, openHouse } from '../house.ts';
import { median } from '../median.ts';
import { listConnections } from '../rows.ts';
import { figure, printTable, ratio } from '../table.ts';

const LIMIT = 100;
const FEW = 1000;

type Work = (turn: number) => unknown;

/** Microseconds of one turn of each work: rounds in turn, the median of each. */
function time(works: readonly Work[], { rounds, milliseconds }: Effort): number[] {
  const costs: number[][] = works.map(() => []);
  // The first round is for the compiler.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, work] of works.entries()) {
      const start = performance.now();
      let turns = 0;
      do for (const end = turns + 50; turns < end; turns += 1) work(turns);
      while (performance.now() - start < milliseconds);
      if (round > 0) costs[index]!.push(((performance.now() - start) * 1000) / turns);
    }
  }
  return costs.map(median);
}

/** The page with this number, straight from the domain. */
const pageOf =
  ({ domain }: House, page: number): Work =>
  () => {
    const answer = domain.connections({ page: { page, limit: LIMIT, after: null }, filter: {}, node: null });
    if (isPromise(answer)) throw new Error('a page of the local node is answered at once');
    if (answer.items.length !== LIMIT) throw new Error(`page ${page} has ${answer.items.length} rows`);
  };

/** A connection leaves, with its session unless that is persistent, and comes back. */
function comeAndGo({ broker: { registry } }: House): Work {
  const count = registry.connectionsCount;
  const rows = Array.from(registry.sessionsById.values(), ({ connection }) => connection);
  return (turn) => {
    const row = rows[(turn * 7919) % count];
    if (!row || !registry.close(row, row.connectedAt)) throw new Error('a row was not listed');
    registry.open(row);
  };
}

/** Pages of 100 at the beginning, in the middle and at the end, and what it costs that a client comes and goes. */
export async function pages(house: House, effort: Effort): Promise<void> {
  const count = house.broker.registry.connectionsCount;
  const last = Math.floor(count / LIMIT);
  const [first = 0, middle = 0, end = 0] = time(
    [1, Math.ceil(last / 2), last].map((page) => pageOf(house, page)),
    effort,
  );
  printTable(
    `pages: page of ${LIMIT} from the domain, ${count} connections`,
    ['first µs', 'middle µs', 'last µs', 'last / first'],
    [[figure(first), figure(middle), figure(end), ratio(end / first)]],
  );

  const small = await openHouse();
  try {
    listConnections(small.broker, small.nodeName, FEW);
    const [few = 0, many = 0] = time([comeAndGo(small), comeAndGo(house)], effort);
    printTable(
      'pages: a connection is taken off the lists and listed again',
      [`of ${FEW} µs`, `of ${count} µs`, 'ratio'],
      [[figure(few), figure(many), ratio(many / few)]],
    );
  } finally {
    await small.close();
  }
}
