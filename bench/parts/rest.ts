import { ListConnectionsDocument } from '../../rest-facade/__generated__/operations.ts';
import { forRelease } from '../../rest-facade/releases.ts';
import { type Bench, MEASURES, measure } from '../matchup.ts';
import { printTable } from '../table.ts';

const LIMITS = [10, 1000, 10_000];

/** A page from the middle of the list of connections. */
export async function rest(bench: Bench): Promise<void> {
  const count = bench.house.broker.registry.connectionsCount;
  const rows: string[][] = [];
  for (const limit of LIMITS) {
    const page = Math.floor(count / limit / 2) + 1;
    const measured = await measure(bench, {
      method: 'GET',
      path: `/connections/?_page=${page}&_limit=${limit}`,
      call: { document: forRelease(ListConnectionsDocument, 'V3_0_BETA'), variables: { page, limit } },
    });
    rows.push(...measured.map((cells) => [String(limit), ...cells]));
  }
  printTable(`rest: GET /connections/?_page=..&_limit=L, ${count} connections`, ['L', ...MEASURES], rows);
}
