import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { brokerql } from '../../bench/brokers/brokerql.ts';
import { runKillRounds } from '../../bench/soak/kill-rounds.ts';
import { breachesOf } from '../../bench/soak/ledger.ts';
import { createRandom } from '../../bench/soak/random.ts';
import { buildProgram, cleanUp, newFolder, type Program } from './program.ts';

// Four starts, each a second of computing and several on a busy machine.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

let program: Program;

beforeAll(async () => {
  program = await buildProgram();
});

afterAll(cleanUp);

describe('a program that is killed', () => {
  test('loses, reorders and doubles nothing of what its clients send again', async () => {
    const verdict = await runKillRounds({
      broker: brokerql(program.main, { env: { BROKERQL_MAX_MQUEUE_LEN: '0' } }),
      folder: newFolder(),
      modes: ['away', 'reading', 'there'],
      random: createRandom(Date.now()),
    });
    expect(verdict.examples).toEqual([]);
    expect(breachesOf(verdict)).toBe(0);
    expect(verdict.acknowledged).toBe(verdict.published);
    expect(verdict.received).toBe(verdict.published);
  });
});
