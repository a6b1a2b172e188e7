import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../src/log.ts';
import { type House, openHouse } from '../house.ts';
import type { Knocker } from '../load.ts';
import { LoadProcess } from '../load-process.ts';
import type { Bench } from '../matchup.ts';
import { median, quantile } from '../median.ts';
import { figure, printTable, ratio } from '../table.ts';

const CLIENTS = 10;
const PUBLISHES = 500;
const LOGINS = 1000;
/** A 99th percentile needs more than a mean does. */
const STRETCH = 10;
/** Milliseconds of logins before the first PUBLISH: opening their connections is not measured. */
const AHEAD = 500;

type Side = 'quiet' | Knocker;
const sides: readonly Side[] = ['quiet', 'a probe', 'one stranger', 'many strangers'];

interface Seen {
  readonly latencies: number[];
  /** The 99th percentile of each round. */
  readonly p99s: number[];
  readonly rates: number[];
  readonly statuses: Map<string, number>;
}

/** PUBACK latencies of one turn, and what became of the logins meanwhile. */
async function turn({ mqtt, management }: House, meter: LoadProcess, knocker: LoadProcess, side: Side, time: number) {
  const isQuiet = side === 'quiet';
  const knocking = isQuiet
    ? null
    : knocker.knock({ port: management.port, as: side, perSecond: LOGINS, milliseconds: time + 2 * AHEAD });
  if (knocking) await new Promise((resolve) => setTimeout(resolve, AHEAD));
  const latencies = await meter.publish({
    ...{ port: mqtt.port, clients: CLIENTS, perSecond: PUBLISHES, milliseconds: time },
  });
  return { latencies, knocked: await knocking };
}

/**
 * How long a PUBACK takes while nobody logs in, and while strangers do with wrong secrets; as many requests without a
 * login tell what of that is HTTP. The log is written to a file,
 * as it is when the program runs.
 */
export async function logins({ load, effort }: Bench): Promise<void> {
  const time = effort.milliseconds * STRETCH;
  const folder = mkdtempSync(join(tmpdir(), 'brokerql-bench-log-'));
  const file = openSync(join(folder, 'log'), 'a');
  const log = createLog('info', { write: (text) => writeSync(file, text) });
  const house = await openHouse(log, { BROKERQL_PROXIES: '127.0.0.1' });
  const knocker = new LoadProcess(10);
  const seen = new Map<Side, Seen>(
    sides.map((side) => [side, { latencies: [], p99s: [], rates: [], statuses: new Map() }]),
  );
  try {
    // Three rounds are for the compiler.
    for (const side of [...sides, ...sides, ...sides]) await turn(house, load, knocker, side, time);
    for (let round = 0; round < effort.rounds; round += 1) {
      for (let index = 0; index < sides.length; index += 1) {
        const side = sides[(round + index) % sides.length]!;
        const { latencies, knocked } = await turn(house, load, knocker, side, time);
        const row = seen.get(side)!;
        row.latencies.push(...latencies);
        row.p99s.push(quantile(latencies, 0.99));
        if (!knocked) continue;
        const statuses = Object.entries(knocked.statuses);
        const answered = statuses.reduce((sum, [, count]) => sum + count, 0);
        row.rates.push((answered * 1000) / knocked.elapsed);
        for (const [status, count] of statuses) row.statuses.set(status, (row.statuses.get(status) ?? 0) + count);
      }
    }
  } finally {
    knocker.close();
    await house.close();
    closeSync(file);
    rmSync(folder, { recursive: true, force: true });
  }
  const quiet = seen.get('quiet')!;
  printTable(
    `logins: PUBACK of ${PUBLISHES} messages a second at QoS 1, while strangers log in with wrong secrets`,
    ['who', 'a second', 'p50 ms', 'p99 ms', 'p99 / quiet', 'of rounds', 'answers'],
    sides.map((side) => {
      const { latencies, p99s, rates, statuses } = seen.get(side)!;
      const p99 = quantile(latencies, 0.99);
      return [
        side,
        figure(rates.length > 0 ? median(rates) : 0),
        figure(quantile(latencies, 0.5)),
        figure(p99),
        ratio(p99 / quantile(quiet.latencies, 0.99)),
        ratio(median(p99s.map((own, round) => own / quiet.p99s[round]!))),
        Array.from(statuses, ([status, count]) => `${status}: ${count}`).join(', '),
      ];
    }),
  );
}
