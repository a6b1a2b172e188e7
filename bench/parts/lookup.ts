import { LookupConnectionDocument } from '../../rest-facade/__generated__/operations.ts';
import { forRelease } from '../../rest-facade/releases.ts';
import { type Bench, MEASURES, measure } from '../matchup.ts';
import { clientIdOf } from '../rows.ts';
import { printTable } from '../table.ts';

/** One connection by its client id. */
export async function lookup(bench: Bench): Promise<void> {
  const count = bench.house.broker.registry.connectionsCount;
  const clientId = clientIdOf(Math.floor(count / 2));
  const rows = await measure(bench, {
    method: 'GET',
    path: `/connections/${clientId}`,
    call: { document: forRelease(LookupConnectionDocument, 'V3_0_BETA'), variables: { clientId } },
  });
  printTable(`lookup: GET /connections/:clientid, ${count} connections`, MEASURES, rows);
}
