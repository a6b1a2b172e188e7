import { describe, expect, test, vi } from 'vitest';
import { Alarms } from '../../src/alarms/alarms.ts';
import { clockLook } from '../../src/alarms/clock-look.ts';
import { openStore } from '../../src/store/store.ts';
import { useFolder } from '../store/support/folder.ts';
import { startWatched } from './support/watched.ts';

const folder = useFolder();

describe('the wall clock', () => {
  test.each([
    ['ahead', 3600],
    ['back', -90],
  ])('raises an alarm when it jumps %s, until it has gone on steadily for three looks', async (way, seconds) => {
    const store = folder.keep(await openStore(folder.data));
    const limits = { maxHistory: 10, unconfirmedTimeout: 300 };
    const alarms = await Alarms.open(store, { nodeName: 'n@h', limits, onFault: () => {} });
    let jumped = 0;
    const look = clockLook({ clockJump: 5 }, () => Date.now() + jumped);
    const looked = (): readonly string[] => {
      void look(alarms);
      return alarms.present().map(({ summary }) => summary);
    };
    expect(looked()).toEqual([]);
    expect(looked()).toEqual([]);
    jumped = seconds * 1000;
    const sentence = `the clock of the machine jumped ${way} by ${Math.abs(seconds)} s; the mark is 5 s`;
    expect(looked()).toEqual([sentence]);
    expect(looked()).toEqual([sentence]);
    expect(looked()).toEqual([sentence]);
    expect(looked()).toEqual([]);
    await alarms.close();
  });

  test('is looked at while a broker runs', async () => {
    const now = Date.now;
    let jumped = 0;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() + jumped);
    const gateway = await startWatched({});
    jumped = 3_600_000;
    expect(await gateway.alert('clock_jumped')).toMatchObject({
      desc: { summary: 'the clock of the machine jumped ahead by 3600 s; the mark is 5 s' },
    });
    await gateway.close();
    clock.mockRestore();
  });
});
