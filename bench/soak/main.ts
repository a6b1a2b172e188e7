import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { bareAedes } from '../brokers/bare-aedes.ts';
import type { Broker } from '../brokers/broker.ts';
import { BUILT, brokerql } from '../brokers/brokerql.ts';
import { cutOff } from '../brokers/cut-off.ts';
import { mosquitto } from '../brokers/mosquitto.ts';
import { soakConnections } from './connections.ts';
import { soakKills } from './kill.ts';

const AGAINST = ['brokerql', 'aedes', 'mosquitto'];
const PARTS = ['kill', 'connections'];
const ENDS = ['SIGKILL', 'SIGTERM', 'cut'];

// The bound of a queue is not what is tested: offline rounds may leave more behind than it allows.
const NO_BOUND = { BROKERQL_MAX_MQUEUE_LEN: '0' };
const INSPECTED = ['--inspect=127.0.0.1:0'];

function oneOf(flag: string, value: string, allowed: readonly string[]): string {
  if (!allowed.includes(value)) throw new Error(`--${flag} must be one of ${allowed.join(', ')}, not '${value}'`);
  return value;
}

function count(flag: string, value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new Error(`--${flag} must be a whole number, not '${value}'`);
  return Number(value);
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      rounds: { type: 'string', default: '50' },
      connections: { type: 'string', default: '10000' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
      against: { type: 'string', default: 'brokerql' },
      by: { type: 'string', default: 'SIGKILL' },
      durability: { type: 'string' },
      data: { type: 'string', default: tmpdir() },
    },
  });
  return {
    only: values.only === undefined ? null : oneOf('only', values.only, PARTS),
    rounds: count('rounds', values.rounds),
    connections: count('connections', values.connections),
    seed: count('seed', values.seed),
    against: oneOf('against', values.against, AGAINST),
    by: oneOf('by', values.by, ENDS),
    durability: values.durability,
    parent: values.data,
  };
}

function wanted(): ReturnType<typeof readArguments> {
  try {
    return readArguments();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(1);
  }
}

const { only, rounds, connections, seed, against, by, durability, parent } = wanted();

function brokerFor(node: readonly string[]): Broker {
  if (against === 'aedes') return bareAedes({ node });
  const other = against === 'mosquitto' ? mosquitto() : null;
  if (other) return other;
  if (against === 'mosquitto') throw new Error('there is no mosquitto on the search path');
  const env = durability === undefined ? NO_BOUND : { ...NO_BOUND, BROKERQL_DURABILITY: durability };
  return brokerql(BUILT, { env, node });
}

const killed = (): Promise<boolean> => {
  const broker = brokerFor([]);
  const common = { rounds, seed, parent };
  if (by === 'cut') return soakKills({ ...common, broker: cutOff(broker), signal: 'SIGKILL' });
  return soakKills({ ...common, broker, signal: by === 'SIGTERM' ? 'SIGTERM' : 'SIGKILL' });
};

let isGood = true;
if (only !== 'connections' && !(await killed())) isGood = false;
if (only !== 'kill' && against === 'mosquitto') {
  process.stdout.write('connections: not against mosquitto, whose heap no one can ask for\n');
} else if (only !== 'kill' && !(await soakConnections({ broker: brokerFor(INSPECTED), connections, parent }))) {
  isGood = false;
}
process.stdout.write(isGood ? 'soak: passed\n' : 'soak: FAILED\n');
process.exitCode = isGood ? 0 : 1;
