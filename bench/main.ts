import '../src/production.ts';
import { cpus, tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import type { Arena } from './arena.ts';
import type { Effort } from './contest.ts';
import { openHouse } from './house.ts';
import { LoadProcess } from './load-process.ts';
import { bans } from './parts/bans.ts';
import { live } from './parts/live.ts';
import { logins } from './parts/logins.ts';
import { lookup } from './parts/lookup.ts';
import { pages } from './parts/pages.ts';
import { publish } from './parts/publish.ts';
import { queue } from './parts/queue.ts';
import { rest } from './parts/rest.ts';
import { retained } from './parts/retained.ts';
import { subscriptions } from './parts/subscriptions.ts';
import { tables } from './parts/tables.ts';
import { LOAD_CORE, pin, SERVER_CORE } from './pin.ts';
import { listConnections } from './rows.ts';

const CONNECTIONS = 100_000;
const FULL: Effort = { rounds: 11, milliseconds: 200 };
const QUICK: Effort = { rounds: 5, milliseconds: 80 };

/** Parts with the gateway in this process, and parts that compare brokers, each in a process of its own. */
const houseParts = ['rest', 'lookup', 'publish', 'pages', 'logins', 'tables', 'bans'] as const;
const brokerParts = { queue, retained, live, subscriptions } as const;

type HousePart = (typeof houseParts)[number];
type BrokerPart = keyof typeof brokerParts;
type Part = HousePart | BrokerPart;

const parts: readonly string[] = [...houseParts, ...Object.keys(brokerParts)];
const isPart = (name: string): name is Part => parts.includes(name);

interface Wanted {
  readonly isQuick: boolean;
  readonly only: Part | null;
  readonly data: string;
}

function wanted(): Wanted {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean' }, only: { type: 'string' }, data: { type: 'string' } },
  });
  const { quick = false, only, data = tmpdir() } = values;
  if (only !== undefined && !isPart(only)) throw new Error(`--only must be one of ${parts.join(', ')}, not '${only}'`);
  return { isQuick: quick, only: only ?? null, data };
}

function sayWhy(error: unknown): never {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}

function readArguments(): Wanted {
  try {
    return wanted();
  } catch (error) {
    return sayWhy(error);
  }
}

const { isQuick, only, data } = readArguments();
const effort = isQuick ? QUICK : FULL;
const isWanted = (part: Part): boolean => only === null || only === part;

async function measureHouse(): Promise<void> {
  const house = await openHouse();
  const load = new LoadProcess();
  try {
    const bench = { house, load, effort };
    // First: a collection of the garbage around 100 000 connections is longer than what it measures.
    if (isWanted('logins')) await logins(bench);
    if (isWanted('bans')) await bans(bench);
    listConnections(house.broker, house.nodeName, CONNECTIONS);
    if (isWanted('rest')) await rest(bench);
    if (isWanted('lookup')) await lookup(bench);
    if (isWanted('publish')) await publish(bench);
    if (isWanted('pages')) await pages(house, effort);
    if (isWanted('tables')) await tables(house, effort);
  } finally {
    load.close();
    await house.close();
  }
}

async function measureBrokers(): Promise<void> {
  // The brokers have processes of their own: this one is the load.
  pin(process.pid, LOAD_CORE);
  const arena: Arena = { effort, isQuick, parent: data };
  for (const [name, part] of Object.entries(brokerParts)) if (isWanted(name as BrokerPart)) await part(arena);
}

const isPinned = pin(process.pid, SERVER_CORE);
const cores = `${cpus().length} processors, server and load ${isPinned ? 'on one each' : 'not pinned'}`;
const mode = `NODE_ENV ${process.env.NODE_ENV ?? 'not set'}`;
process.stdout.write(`Node.js ${process.versions.node}, ${mode}, ${cores}; medians of ${effort.rounds} rounds\n\n`);
if (houseParts.some(isWanted)) await measureHouse();
await measureBrokers();
