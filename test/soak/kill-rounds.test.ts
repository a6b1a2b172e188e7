import { describe, expect, test } from 'vitest';
import { type Mode, runKillRounds } from '../../bench/soak/kill-rounds.ts';
import { type Breaches, breachesOf, type Verdict } from '../../bench/soak/ledger.ts';
import { createRandom } from '../../bench/soak/random.ts';
import { createModelBroker, type Fault } from './model-broker.ts';

const MODES: Mode[] = ['away', 'reading', 'away', 'there'];

const run = (fault: Fault | null): Promise<Verdict> =>
  runKillRounds({
    broker: createModelBroker(fault),
    folder: '',
    modes: MODES,
    random: createRandom(7),
    publishers: 4,
    inFlight: 10,
    // A broker that keeps its promises is waited for as long as it takes.
    ...(fault === null ? {} : { patience: 500 }),
  });

/** What each fault is found by. */
const FOUND: [Fault, keyof Breaches][] = [
  ['loses an acknowledged message', 'lost'],
  ['swaps two messages', 'outOfOrder'],
  ['sends again without DUP', 'faults'],
  ['sends again under another packet id', 'doubledQos2'],
  ['forgets which QoS 2 messages it has', 'doubledQos2'],
  ['queues a QoS 1 message twice', 'doubledQos1'],
  ['forgets sessions', 'forgotten'],
  ['acknowledges out of order', 'faults'],
  ['closes a connection', 'faults'],
];

describe('the soak of kills', () => {
  test('finds nothing wrong with a broker that keeps its promises, whose messages all come', async () => {
    const verdict = await run(null);
    expect(verdict.examples).toEqual([]);
    expect(breachesOf(verdict)).toBe(0);
    expect(verdict.acknowledged).toBe(verdict.published);
    expect(verdict.received).toBe(verdict.published);
    expect(verdict.repeated).toBeGreaterThan(0);
    expect(verdict.published).toBeGreaterThan(MODES.length * 200);
  });

  test.each(FOUND)('finds a broker that %s', async (fault, kind) => {
    expect((await run(fault))[kind]).toBeGreaterThan(0);
  });
});
