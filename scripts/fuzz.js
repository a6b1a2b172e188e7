// Sends mutated MQTT packets, HTTP requests and GraphQL documents to the built program, over loopback only:
// npm run build && node scripts/fuzz.js [--seed n] [--packets n] [--requests n] [--minutes n]
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fuzz } from '../test/fuzz/fuzz.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    packets: { type: 'string', default: '100000' },
    requests: { type: 'string', default: '20000' },
    minutes: { type: 'string', default: '20' },
  },
});

const seed = Number(values.seed);
const say = (line) => process.stdout.write(`${line}\n`);
say(`seed ${seed}; the same cases again: npm run fuzz -- --seed ${seed}`);
const result = await fuzz({
  main: resolve(import.meta.dirname, '../dist/src/main.js'),
  seed,
  packets: Number(values.packets),
  requests: Number(values.requests),
  milliseconds: Number(values.minutes) * 60_000,
  say,
});
say(`answers: ${JSON.stringify(result.statuses)}`);
say(`resident memory grew by ${(result.growth / 1024 / 1024).toFixed(1)} MiB`);
for (const fault of result.faults) say(`FAULT ${fault}`);
say(result.faults.length === 0 ? 'no faults' : `${result.faults.length} faults; seed ${seed}`);
process.exitCode = result.faults.length === 0 ? 0 : 1;
