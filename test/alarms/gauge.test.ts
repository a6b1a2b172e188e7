import { describe, expect, test, vi } from 'vitest';
import { Alarms } from '../../src/alarms/alarms.ts';
import { lookAt } from '../../src/alarms/gauge.ts';
import { Watch } from '../../src/alarms/watch.ts';
import { createGateway } from '../../src/gateway.ts';
import { createLog } from '../../src/log.ts';
import { openStore } from '../../src/store/store.ts';
import { useFolder } from '../store/support/folder.ts';
import { testConfig } from '../support/gateway.ts';

const folder = useFolder();

const openAlarms = async (): Promise<Alarms> =>
  Alarms.open(folder.keep(await openStore(folder.data)), {
    nodeName: 'n@h',
    limits: { maxHistory: 10, unconfirmedTimeout: 300 },
    onFault: () => {},
  });

/** A gauge with marks 80 and 60 at which a test looks, one figure after the other. Answers what stands after each. */
async function looksAt(
  figures: readonly (number | null)[],
  { high = 80, low = 60, calmLooks = 1, stands = false } = {},
): Promise<readonly (string | null)[]> {
  const alarms = await openAlarms();
  let figure: number | null = null;
  const look = lookAt({
    ...{ id: 'hot', severity: 'warning', title: 'Hot', calmLooks },
    read: () => figure,
    marks: () => ({ high, low }),
    summary: (is) => `${is}`,
  });
  if (stands) alarms.raise({ id: 'hot', severity: 'warning', title: 'Hot', summary: 'from before' });
  const told = figures.map((each) => {
    figure = each;
    void look(alarms);
    return alarms.present()[0]?.summary ?? null;
  });
  await alarms.close();
  return told;
}

describe('a figure with two marks', () => {
  test('raises an alarm from the higher one on, and ends it below the lower one', async () => {
    expect(await looksAt([79, 80, 79, 60, 59, 79, 95])).toEqual([null, '80', '79', '60', null, null, '95']);
  });

  test('goes on after a restart with the alarm that stands', async () => {
    expect(await looksAt([70, 59], { stands: true })).toEqual(['70', null]);
  });

  test('changes nothing while it is not known', async () => {
    expect(await looksAt([null, null], { stands: true })).toEqual(['from before', 'from before']);
  });

  test('ends its alarm after so many looks in a row as it wants', async () => {
    const figures = [90, 0, 0, 70, 0, 0, 0, 0];
    expect(await looksAt(figures, { calmLooks: 3 })).toEqual(['90', '90', '90', '70', '70', '70', null, null]);
  });

  test('has no alarm when the higher one is 0', async () => {
    expect(await looksAt([100], { high: 0, stands: true })).toEqual([null]);
  });

  test('takes the higher one for both when the lower one is above it', async () => {
    expect(await looksAt([80, 79], { low: 90 })).toEqual(['80', null]);
  });
});

describe('a watch', () => {
  test('does not ask again what has not answered, and looks at the rest when one look fails', async () => {
    const alarms = await openAlarms();
    let asked = 0;
    let looked = 0;
    let third = (): void => {};
    const thrice = new Promise<void>((resolve) => {
      third = resolve;
    });
    const faults: unknown[] = [];
    const watch = new Watch({
      alarms,
      looks: [
        () => {
          asked++;
          return new Promise(() => {});
        },
        () => {
          throw new Error('it broke');
        },
        () => Promise.reject(new Error('it broke later')),
        () => {
          if (++looked === 3) third();
        },
      ],
      interval: () => 0.001,
      onFault: (fault) => faults.push((fault as Error).message),
      onClose: () => {},
    });
    watch.start();
    await thrice;
    watch.close();
    expect(asked).toBe(1);
    expect(new Set(faults)).toEqual(new Set(['it broke', 'it broke later']));
    await alarms.close();
  });

  test('comes before its interval is over when something changes, but ten seconds after another look at the earliest', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const alarms = await openAlarms();
    let looked = 0;
    let interval = 3600;
    const looks = [(): void => void looked++];
    const watch = new Watch({ alarms, looks, interval: () => interval, onFault: () => {}, onClose: () => {} });
    const lookedAfter = (seconds: number): number => {
      vi.advanceTimersByTime(seconds * 1000);
      return looked;
    };
    watch.restart();
    expect(lookedAfter(3600)).toBe(0);
    watch.start();
    expect(lookedAfter(30)).toBe(1);
    watch.restart();
    expect(lookedAfter(0)).toBe(2);
    watch.restart();
    expect([lookedAfter(9), lookedAfter(1)]).toEqual([2, 3]);
    interval = 1;
    watch.restart();
    expect([lookedAfter(1), lookedAfter(1)]).toEqual([4, 5]);
    watch.close();
    watch.restart();
    expect(lookedAfter(3600)).toBe(5);
    vi.useRealTimers();
    await alarms.close();
  });
});

describe('a start', () => {
  test('raises no alarm by the rate of what came in its short time', async () => {
    const starting = await createGateway(testConfig(folder.data), createLog('silent'));
    const { broker, alarms } = starting;
    const refusal = { kind: 'AUTHENTICATION', action: 'CONNECT', message: 'bad password', topic: null } as const;
    broker.events.refused.tell({ ...refusal, clientId: 'early', username: 'eve', ipAddress: '127.0.0.1', port: 1 });
    broker.events.dropped.tell({ clientId: 'early' }, 100_000);
    await starting.listen();
    expect(['failed_logins', 'messages_dropped'].filter((id) => alarms.has(id))).toEqual([]);
    await starting.close();
  });
});
