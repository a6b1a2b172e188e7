import '../src/production.ts';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Effort } from './contest.ts';
import { openHouse } from './house.ts';
import { LoadProcess } from './load-process.ts';
import { logins } from './parts/logins.ts';
import { lookup } from './parts/lookup.ts';
import { pages } from './parts/pages.ts';
import { publish } from './parts/publish.ts';
import { rest } from './parts/rest.ts';
import { pin, SERVER_CORE } from './pin.ts';
import { listConnections } from './rows.ts';

const CONNECTIONS = 100_000;
const FULL: Effort = { rounds: 11, milliseconds: 200 };
const QUICK: Effort = { rounds: 5, milliseconds: 80 };

const parts = ['rest', 'lookup', 'publish', 'pages', 'logins'] as const;
type Part = (typeof parts)[number];

const isPart = (name: string): name is Part => parts.some((part) => part === name);

function wanted(): { effort: Effort; only: Part | null } {
  const { values } = parseArgs({ options: { quick: { type: 'boolean' }, only: { type: 'string' } } });
  const { quick = false, only } = values;
  if (only !== undefined && !isPart(only)) throw new Error(`--only must be one of ${parts.join(', ')}, not '${only}'`);
  return { effort: quick ? QUICK : FULL, only: only ?? null };
}

function sayWhy(error: unknown): never {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}

function readArguments(): ReturnType<typeof wanted> {
  try {
    return wanted();
  } catch (error) {
    return sayWhy(error);
  }
}

const { effort, only } = readArguments();
const isPinned = pin(process.pid, SERVER_CORE);
const house = await openHouse();
const load = new LoadProcess();
try {
  const cores = `${cpus().length} processors, server and load ${isPinned ? 'on one each' : 'not pinned'}`;
  const mode = `NODE_ENV ${process.env.NODE_ENV ?? 'not set'}`;
  process.stdout.write(`Node.js ${process.versions.node}, ${mode}, ${cores}; medians of ${effort.rounds} rounds\n\n`);
  const bench = { house, load, effort };
  // First: a collection of the garbage around 100 000 connections is longer than what it measures.
  if (only === null || only === 'logins') await logins(bench);
  listConnections(house.broker, house.nodeName, CONNECTIONS);
  if (only === null || only === 'rest') await rest(bench);
  if (only === null || only === 'lookup') await lookup(bench);
  if (only === null || only === 'publish') await publish(bench);
  if (only === null || only === 'pages') await pages(house, effort);
} finally {
  load.close();
  await house.close();
}
