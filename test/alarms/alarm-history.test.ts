import { expect, test } from 'vitest';
import { AlarmHistory } from '../../src/alarms/alarm-history.ts';
import type { Entry } from '../../src/alarms/alarm-records.ts';

const entryOf = (seq: number, kind: number): Entry => ({
  ...{ slot: seq, seq },
  alarm: {
    ...{ nodeName: 'n@h', id: `${kind}:${seq}`, severity: 'WARNING', title: 't', summary: 's', value: null },
    ...{ raisedAt: 1, clearedAt: 2 },
  },
});

/** Forgets one at a time: of those that belong to a kind of which none has more, the oldest. */
function forgetOneByOne(entries: readonly Entry[], most: number): string[] {
  const ids = entries.map(({ alarm }) => alarm.id);
  const countOf = (id: string): number => ids.filter((each) => each.split(':')[0] === id.split(':')[0]).length;
  while (ids.length > most) {
    const counts = ids.map(countOf);
    ids.splice(counts.indexOf(Math.max(...counts)), 1);
  }
  return ids;
}

test('a history that is trimmed at once keeps what it would have kept one by one', () => {
  let seed = 5;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * below);
  };
  for (let round = 0; round < 200; round++) {
    const kinds = 1 + random(5);
    const entries = Array.from({ length: random(30) }, (_, seq) => entryOf(seq + 1, random(random(kinds) + 1)));
    const most = random(30);
    const history = new AlarmHistory();
    for (const entry of entries) history.push(entry);
    const forgotten = history.trim(most);
    const kept = history.page({ filter: {}, offset: 0, limit: 100, after: null }).items.map(({ id }) => id);
    expect(kept.reverse()).toEqual(forgetOneByOne(entries, most));
    expect(forgotten).toHaveLength(entries.length - kept.length);
  }
});
