import { describe, expect, test } from 'vitest';
import type { IndexValue } from '../src/broker/listing/exact-index.ts';
import { Listing, type ListingQuery } from '../src/broker/listing/listing.ts';
import { OrderedList } from '../src/broker/listing/ordered-list.ts';
import type { Pace } from '../src/broker/listing/scan.ts';
import type { SliceResult } from '../src/domain.ts';

interface Client {
  readonly seq: number;
  readonly id: string;
  readonly user: string | null;
  readonly version: number;
  readonly clean: boolean;
}

type Column = 'user' | 'version' | 'clean';
type Query = ListingQuery<Client, Column>;

const everything: Query = {
  exact: [],
  prefix: null,
  where: null,
  candidates: null,
  offset: 0,
  limit: 100,
  after: null,
};

function clientTable(pace: Partial<Pace> = {}): Listing<Client, Column> {
  return new Listing<Client, Column>(
    {
      exact: { user: (row) => row.user, version: (row) => row.version, clean: (row) => row.clean },
      sorted: (row) => row.id,
    },
    pace,
  );
}

function client(seq: number, id = `client-${seq}`, user: string | null = `user-${seq}`): Client {
  return { seq, id, user, version: 3 + (seq % 3), clean: seq % 2 === 0 };
}

/** Seeded random integers below `bound` (mulberry32). */
function randomSource(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * bound);
  };
}

const byId = (a: Client, b: Client): number => (a.id === b.id ? a.seq - b.seq : a.id < b.id ? -1 : 1);

/** All matches of a query in its order, by filtering and sorting an array. */
function matchesOf(rows: readonly Client[], query: Query): Client[] {
  const { prefix, candidates } = query;
  const columns: Record<Column, (row: Client) => IndexValue> = {
    user: (row) => row.user,
    version: (row) => row.version,
    clean: (row) => row.clean,
  };
  const matches = rows.filter(
    (row) =>
      query.exact.every(([name, value]) => columns[name](row) === value) &&
      (prefix === null || row.id.startsWith(prefix)) &&
      (candidates === null || candidates.includes(row)) &&
      (query.where === null || query.where(row)),
  );
  return matches.sort(prefix === null ? (a, b) => a.seq - b.seq : byId);
}

/** The page when the answer is at hand; fails when it is a promise. */
function atOnce<Row>(answer: SliceResult<Row> | Promise<SliceResult<Row>>): SliceResult<Row> {
  if (answer instanceof Promise) throw new Error('the answer is a promise');
  return answer;
}

/** A clock that goes on by `step` ms whenever it is read, and rests that end when the test says so. */
function steppedPace(step: number, budget: number) {
  let time = 0;
  let resume: (() => void) | null = null;
  let announce: (() => void) | null = null;
  const pace: Partial<Pace> = {
    budget,
    now: () => {
      time += step;
      return time;
    },
    rest: () =>
      new Promise((resolve) => {
        resume = resolve;
        announce?.();
      }),
  };
  return {
    pace,
    /** Resolves when a scan rests. */
    async resting(): Promise<void> {
      if (resume !== null) return;
      await new Promise<void>((resolve) => {
        announce = resolve;
      });
      announce = null;
    },
    goOn(): void {
      const go = resume;
      resume = null;
      go?.();
    },
  };
}

describe('OrderedList', () => {
  test('keeps its rows as a sorted array does, through growth and decay', () => {
    const random = randomSource(7);
    const list = new OrderedList<number>((a, b) => a - b);
    const model = new Set<number>();
    const checkAgainstModel = () => {
      const sorted = [...model].sort((a, b) => a - b);
      expect(list.size).toBe(sorted.length);
      expect(list.last).toBe(sorted.at(-1));
      expect([...list]).toEqual(sorted);
      const rank = random(sorted.length + 10);
      const limit = random(2000);
      expect(list.slice(rank, limit)).toEqual(sorted.slice(rank, rank + limit));
      const probe = random(20_000);
      expect(list.rankOf((row) => row - probe)).toBe(sorted.filter((row) => row < probe).length);
      expect(list.find((row) => row - probe)).toBe(model.has(probe) ? probe : undefined);
    };
    for (const [rounds, shareOfInserts] of [
      [12_000, 80],
      [16_000, 20],
      [4_000, 50],
    ] as const) {
      for (let round = 0; round < rounds; round += 1) {
        const row = random(20_000);
        if (random(100) < shareOfInserts) {
          expect(list.insert(row)).toBe(!model.has(row));
          model.add(row);
        } else {
          const victim = random(2) === 0 ? row : (list.slice(random(list.size + 1), 1)[0] ?? row);
          expect(list.delete(victim)).toBe(model.delete(victim));
        }
        if (round % 500 === 0) checkAgainstModel();
      }
      checkAgainstModel();
    }
    for (const row of model) expect(list.delete(row)).toBe(true);
    expect(list.size).toBe(0);
    expect([...list]).toEqual([]);
  });

  test('serves as a queue: rows enter at the end and leave at the start', () => {
    const list = new OrderedList<number>((a, b) => a - b);
    for (let row = 0; row < 3000; row += 1) list.insert(row);
    for (let row = 3000; row < 20_000; row += 1) {
      list.insert(row);
      expect(list.delete(row - 3000)).toBe(true);
    }
    expect(list.slice(0, 3000)).toEqual(Array.from({ length: 3000 }, (_, index) => 17_000 + index));
  });

  test('walks every row that stays once, while rows before, at and behind the step come and go', () => {
    const random = randomSource(11);
    const list = new OrderedList<number>((a, b) => a - b);
    for (let row = 0; row < 6000; row += 2) list.insert(row);
    const staying = new Set([...list].filter((row) => row % 3 === 0));
    const walked: number[] = [];
    for (const row of list.walk((other) => (other < 1000 ? -1 : 1))) {
      walked.push(row);
      for (let change = 0; change < 3; change += 1) {
        const other = random(6000);
        if (staying.has(other)) continue;
        if (!list.insert(other)) list.delete(other);
      }
      if (!staying.has(row)) list.delete(row);
    }
    expect(walked).toEqual([...new Set(walked)].sort((a, b) => a - b));
    expect(walked.filter((row) => staying.has(row))).toEqual([...staying].filter((row) => row >= 1000));
  });
});

describe('Listing', () => {
  test('answers every kind of page as an array does, while rows come and go', async () => {
    const random = randomSource(2026);
    const letters = ['a', 'b', 'é', '\uffff', '\ud83d\ude00', '\ud83d', '/', ''];
    const table = clientTable();
    let rows: Client[] = [];
    let seq = 10;
    const word = (length: number) =>
      Array.from({ length: random(length + 1) }, () => letters[random(letters.length)]).join('');

    const randomQuery = (): Query => {
      const exact: [Column, IndexValue][] = [];
      if (random(3) === 0) exact.push(['user', random(6) === 0 ? null : `u${random(6)}`]);
      if (random(4) === 0) exact.push(['version', 3 + random(4)]);
      if (random(4) === 0) exact.push(['clean', random(2) === 0]);
      const digit = String(random(10));
      return {
        exact,
        prefix: random(2) === 0 ? word(2) : null,
        where: random(3) === 0 ? (row) => String(row.seq).includes(digit) : null,
        candidates: random(4) === 0 ? rows.filter((row) => row.seq % 3 === 0) : null,
        offset: random(3) === 0 ? random(rows.length + 20) : random(5),
        limit: random(50),
        after: null,
      };
    };

    for (let round = 0; round < 8000; round += 1) {
      const growing = Math.floor(round / 2000) % 2 === 0;
      if (random(100) < (growing ? 70 : 35)) {
        seq += 1 + random(3);
        const row: Client = {
          seq,
          id: word(4),
          user: random(6) === 0 ? null : `u${random(5)}`,
          version: 3 + random(3),
          clean: random(2) === 0,
        };
        table.add(row);
        rows.push(row);
      } else if (rows.length > 0) {
        const row = rows[random(rows.length)]!;
        expect(table.delete(row)).toBe(true);
        expect(table.delete(row)).toBe(false);
        rows = rows.filter((other) => other !== row);
      }
      expect(table.size).toBe(rows.length);
      if (round % 3 !== 0) continue;

      const query = randomQuery();
      const matches = matchesOf(rows, query);
      const page = await table.page(query);
      expect(page.count).toBe(matches.length);
      expect(page.countIsExact).toBe(true);
      expect(page.items).toEqual(matches.slice(query.offset, query.offset + query.limit));

      const { lastKey } = page;
      const last = page.items.at(-1);
      if (last === undefined || lastKey === null) {
        expect(lastKey).toBe(null);
        continue;
      }
      if (random(2) === 0) {
        table.delete(last);
        rows = rows.filter((row) => row !== last);
      }
      const candidates = query.candidates?.filter((row) => rows.includes(row)) ?? null;
      const next: Query = { ...query, candidates, offset: 0, after: lastKey };
      const left = matchesOf(rows, next);
      const order = query.prefix === null ? (a: Client, b: Client) => a.seq - b.seq : byId;
      const behind = left.filter((row) => order(row, last) > 0);
      const nextPage = await table.page(next);
      expect(nextPage.count).toBe(left.length);
      expect(nextPage.items).toEqual(behind.slice(0, query.limit));
    }
  });

  test('is followed by cursor to its end, skipping and repeating nothing that stays', () => {
    for (const prefix of [null, 'client-', '']) {
      const random = randomSource(5);
      const table = clientTable();
      const rows = Array.from({ length: 3000 }, (_, seq) => client(seq));
      for (const row of rows) table.add(row);
      const seen: Client[] = [];
      let seq = rows.length;
      let after: string | null = null;
      const gone = new Set<Client>();
      for (;;) {
        const page: SliceResult<Client> = atOnce(table.page({ ...everything, prefix, limit: 70, after }));
        if (page.lastKey === null) break;
        seen.push(...page.items);
        after = page.lastKey;
        for (const row of [page.items.at(-1)!, rows[random(3000)]!, rows[random(3000)]!]) {
          if (table.delete(row)) gone.add(row);
        }
        if (seq < 3050) table.add(client(seq++));
      }
      expect(new Set(seen).size).toBe(seen.length);
      const staying = rows.filter((row) => !gone.has(row));
      const isSeen = new Set(seen);
      expect(staying.filter((row) => !isSeen.has(row))).toEqual([]);
    }
  });

  test('answers pages at the start, in the middle and at the end of 100 000 rows', () => {
    const table = clientTable();
    const rows = Array.from({ length: 100_000 }, (_, seq) => client(seq, `c${(seq * 7919) % 100_003}`));
    for (const row of rows) table.add(row);
    for (let seq = 0; seq < 100_000; seq += 10) table.delete(rows[seq]!);
    const left = rows.filter((row) => row.seq % 10 !== 0);
    const sorted = [...left].sort(byId);

    for (const offset of [0, 1, 44_950, 89_900, 89_950, 90_000, 1_000_000]) {
      const page = atOnce(table.page({ ...everything, offset }));
      expect(page.items).toEqual(left.slice(offset, offset + 100));
      expect(page.count).toBe(90_000);
      const inKeyOrder = atOnce(table.page({ ...everything, prefix: '', offset }));
      expect(inKeyOrder.items).toEqual(sorted.slice(offset, offset + 100));
    }
    const under = sorted.filter((row) => row.id.startsWith('c77'));
    const page = atOnce(table.page({ ...everything, prefix: 'c77', offset: 300 }));
    expect(page.count).toBe(under.length);
    expect(page.items).toEqual(under.slice(300, 400));
    expect(atOnce(table.page({ ...everything, exact: [['user', 'user-99999']] })).items).toEqual([rows[99_999]]);
    const clean = left.filter((row) => row.clean);
    const ofClean = atOnce(table.page({ ...everything, exact: [['clean', true]], offset: clean.length - 50 }));
    expect(ofClean).toMatchObject({ items: clean.slice(-50), count: clean.length, countIsExact: true });
  });

  test('gives the rows of a value oldest first, and counts them', () => {
    const table = clientTable();
    const rows = [client(4, 'x', 'ann'), client(5, 'a', 'bob'), client(6, 'b', 'ann'), client(7, 'c', null)];
    for (const row of rows) table.add(row);
    expect([...table.first('user', 'ann')]).toEqual([rows[0], rows[2]]);
    expect([...table.first('user', null)]).toEqual([rows[3]]);
    expect([...table.first('user', '__proto__')]).toEqual([]);
    expect([table.countOf('user', 'ann'), table.countOf('user', 'nobody')]).toEqual([2, 0]);
    for (const row of table.first('user', 'ann')) table.delete(row);
    expect(table.countOf('user', 'ann')).toBe(0);
    expect(table.size).toBe(2);
  });

  test('finds prefixes at the upper end of the code units', () => {
    const table = clientTable();
    const ids = [
      '',
      'a',
      'a\uffff',
      'a\uffff\uffff',
      'a\uffff\uffffz',
      'b',
      '\ud83d',
      '\ud83d\ude00',
      '\uffff',
      '\uffffa',
    ];
    ids.forEach((id, seq) => {
      table.add(client(seq, id));
    });
    const found = (prefix: string) => atOnce(table.page({ ...everything, prefix })).items.map((row) => row.id);
    expect(found('a\uffff')).toEqual(['a\uffff', 'a\uffff\uffff', 'a\uffff\uffffz']);
    expect(found('\uffff')).toEqual(['\uffff', '\uffffa']);
    expect(found('\ud83d')).toEqual(['\ud83d', '\ud83d\ude00']);
    expect(found('\uffff\uffff')).toEqual([]);
    expect(found('')).toEqual([...ids].sort());
  });

  test('refuses a cursor that was never given out', () => {
    const table = clientTable();
    for (let seq = 5; seq < 10; seq += 1) table.add(client(seq));
    const stale = expect.objectContaining({ code: 'CURSOR_EXPIRED' });
    for (const after of ['', '4', '10', '-5', '5.5', '05', '5e0', ' 5', '5:client-5', 'NaN', '99999999999999999999']) {
      expect(() => table.page({ ...everything, after }), after).toThrow(stale);
    }
    for (const after of ['5', ':client-5', '5:client-6', '4:client-4', '10:client-10', 'x:client-5']) {
      expect(() => table.page({ ...everything, prefix: '', after }), after).toThrow(stale);
    }
    expect(() => clientTable().page({ ...everything, after: '0' })).toThrow(stale);
    expect(atOnce(table.page({ ...everything, after: '8' })).items).toEqual([client(9)]);
  });

  test('lists a seq once, and says when an indexed column changed under it', () => {
    const table = clientTable();
    const row = { ...client(1), user: 'ann' };
    table.add(row);
    expect(() => table.add(client(1))).toThrow(RangeError);
    expect(() => table.add(client(-1))).toThrow(RangeError);
    row.user = 'bob';
    expect(() => table.delete(row)).toThrow('row 1 changed an indexed column while it was listed');
  });
});

describe('a scan of a listing', () => {
  const isEven = (row: Client): boolean => row.seq % 2 === 0;

  test('answers at once when it ends within its first slice', () => {
    const table = clientTable({ now: () => 0 });
    for (let seq = 0; seq < 5000; seq += 1) table.add(client(seq));
    const page = atOnce(table.page({ ...everything, where: isEven, offset: 2490 }));
    expect(page.items.map((row) => row.seq)).toEqual([4980, 4982, 4984, 4986, 4988, 4990, 4992, 4994, 4996, 4998]);
    expect(page).toMatchObject({ count: 2500, countIsExact: true, lastKey: '4998' });
  });

  test('tests the smallest set only', () => {
    const table = clientTable();
    for (let seq = 0; seq < 5000; seq += 1) table.add(client(seq, `c${seq}`, seq % 1000 === 0 ? 'rare' : 'usual'));
    let tested = 0;
    const where = (): boolean => {
      tested += 1;
      return true;
    };
    const page = atOnce(
      table.page({
        ...everything,
        exact: [
          ['user', 'rare'],
          ['clean', true],
        ],
        prefix: 'c',
        where,
      }),
    );
    expect(page.items.map((row) => row.id)).toEqual(['c0', 'c1000', 'c2000', 'c3000', 'c4000']);
    expect(tested).toBe(5);
    atOnce(table.page({ ...everything, exact: [['user', 'usual']], prefix: 'c499', where }));
    expect(tested).toBe(5 + 11);
    atOnce(
      table.page({ ...everything, exact: [['user', 'usual']], candidates: [...table.first('user', 'rare')], where }),
    );
    expect(tested).toBe(5 + 11);
    atOnce(
      table.page({ ...everything, exact: [['clean', true]], candidates: [...table.first('user', 'rare')], where }),
    );
    expect(tested).toBe(5 + 11 + 5);
  });

  test.each([
    ['insertion order', null],
    ['key order', ''],
  ])('stays right in %s while rows come and go between its slices', async (_, prefix) => {
    const random = randomSource(31);
    const { pace, resting, goOn } = steppedPace(10, 1e9);
    const table = clientTable(pace);
    const rows = Array.from({ length: 4000 }, (_, seq) => client(seq));
    for (const row of rows) table.add(row);
    const gone = new Set<Client>();
    const after = prefix === null ? '1499' : '1499:client-1499';
    let isOver = false;
    const answer = Promise.resolve(table.page({ ...everything, prefix, where: isEven, limit: 4000, after }));
    const ended = answer.then(() => {
      isOver = true;
    });
    let slices = 0;
    let seq = 4001;
    for (;;) {
      await Promise.race([resting(), ended]);
      if (isOver) break;
      slices += 1;
      for (let change = 0; change < 40; change += 1) {
        const row = rows[random(4000)]!;
        if (row.seq % 4 !== 0 && table.delete(row)) gone.add(row);
      }
      if (slices < 5) table.add(client(seq, `client-${seq}`));
      seq += 2;
      goOn();
    }
    const page = await answer;
    expect(slices).toBeGreaterThan(10);
    expect(page.countIsExact).toBe(true);
    const inOrder = prefix === null ? (a: Client, b: Client) => a.seq - b.seq : byId;
    const behind = (row: Client) => inOrder(row, rows[1499]!) > 0;
    expect(page.items).toEqual([...new Set(page.items)].sort(inOrder));
    expect(page.items.filter((row) => !gone.has(row))).toEqual(
      rows.filter((row) => isEven(row) && !gone.has(row) && behind(row)).sort(inOrder),
    );
    expect(page.items.every(behind)).toBe(true);
    expect(page.count).toBeGreaterThanOrEqual(rows.filter((row) => isEven(row) && !gone.has(row)).length);
    expect(page.count).toBeLessThanOrEqual(2000);
  });

  test('passes over candidates that left while it rested', async () => {
    const { pace, resting, goOn } = steppedPace(10, 1e9);
    const table = clientTable(pace);
    const rows = Array.from({ length: 300 }, (_, seq) => client(seq));
    for (const row of rows) table.add(row);
    const candidates = rows.slice();
    const answer = table.page({ ...everything, candidates, where: isEven, limit: 300 });
    await resting();
    for (let seq = 250; seq < 290; seq += 1) table.delete(rows[seq]!);
    goOn();
    const page = await answer;
    const left = rows.filter((row) => isEven(row) && (row.seq < 256 || row.seq >= 290));
    expect(page).toEqual({ items: left, count: left.length, countIsExact: true, lastKey: '298' });
  });

  test('sorts what a smaller set gives into key order, over several slices', async () => {
    const { pace, resting, goOn } = steppedPace(10, 1e9);
    const table = clientTable(pace);
    const rows = Array.from({ length: 900 }, (_, seq) => client(seq, `c${(seq * 7919) % 907}`));
    for (const row of rows) table.add(row);
    const query: Query = { ...everything, prefix: 'c', exact: [['version', 4]], offset: 20, limit: 30 };
    const answer = table.page(query);
    await resting();
    goOn();
    const matches = matchesOf(rows, query);
    const page = await answer;
    expect(page).toMatchObject({ items: matches.slice(20, 50), count: 300, countIsExact: true });
  });

  test('stops at its budget with what it found, and says that the count is not exact', async () => {
    const { pace, resting, goOn } = steppedPace(10, 25);
    const table = clientTable(pace);
    for (let seq = 0; seq < 4000; seq += 1) table.add(client(seq));
    const answer = table.page({ ...everything, where: isEven, limit: 3 });
    await resting();
    goOn();
    await resting();
    goOn();
    const page = await answer;
    expect(page).toEqual({ items: [client(0), client(2), client(4)], count: 384, countIsExact: false, lastKey: '4' });
  });

  test('fills the page behind a cursor before its budget is spent on the rows before it', () => {
    const table = clientTable(steppedPace(10, 10).pace);
    for (let seq = 0; seq < 4000; seq += 1) table.add(client(seq));
    const page = atOnce(table.page({ ...everything, where: isEven, limit: 3, after: '2000' }));
    expect(page.items.map((row) => row.seq)).toEqual([2002, 2004, 2006]);
    expect(page).toMatchObject({ count: 128, countIsExact: false });
  });

  test('ends with the fault of its condition', async () => {
    const { pace, resting, goOn } = steppedPace(10, 1e9);
    const table = clientTable(pace);
    for (let seq = 0; seq < 600; seq += 1) table.add(client(seq));
    const where = (row: Client): boolean => {
      if (row.seq === 500) throw new Error('no such thing');
      return true;
    };
    const answer = Promise.resolve(table.page({ ...everything, where }));
    const refused = expect(answer).rejects.toThrow('no such thing');
    await resting();
    goOn();
    await refused;
  });

  test('lets others run between its slices, each scan in its turn', async () => {
    const table = clientTable({ slice: 0 });
    for (let seq = 0; seq < 3000; seq += 1) table.add(client(seq));
    let turns = 0;
    let isOver = false;
    const countTurns = (): void => {
      turns += 1;
      if (!isOver) setImmediate(countTurns);
    };
    setImmediate(countTurns);
    const pages = await Promise.all([
      table.page({ ...everything, where: isEven }),
      table.page({ ...everything, where: isEven, offset: 100 }),
    ]);
    isOver = true;
    expect(pages.map((page) => page.count)).toEqual([1500, 1500]);
    expect(turns).toBeGreaterThanOrEqual(20);
  });
});
