import type { Alarm, Slice, SliceResult } from '../domain.ts';
import { staleCursor } from '../refusals.ts';
import type { Entry } from './alarm-records.ts';
import { KindCounts, kindOf } from './kinds.ts';

/** Alarms that ended, in the order in which they did. */
export class AlarmHistory {
  #entries: Entry[] = [];
  readonly #counts = new KindCounts();

  push(entry: Entry): void {
    this.#entries.push(entry);
    this.#counts.add(kindOf(entry.alarm.id), 1);
  }

  /**
   * Forgets the oldest of the kinds that have most, until there are at most `most`, so that a kind of which very many end
   * leaves the others their place. Answers what it forgot.
   */
  trim(most: number): readonly Entry[] {
    const excess = this.#entries.length - most;
    if (excess <= 0) return [];
    const counts = this.#counts.ascending();
    const share = shareOf(counts, most);
    // Some kinds may have one more than their share.
    let lastOnes = excess - counts.reduce((sum, count) => sum + Math.max(0, count - share - 1), 0);
    const forgotten: Entry[] = [];
    this.#entries = this.#entries.filter((entry) => {
      if (forgotten.length === excess) return true;
      const kind = kindOf(entry.alarm.id);
      const surplus = this.#counts.of(kind) - share;
      if (surplus < 1 || (surplus === 1 && lastOnes === 0)) return true;
      if (surplus === 1) lastOnes--;
      this.#counts.add(kind, -1);
      forgotten.push(entry);
      return false;
    });
    return forgotten;
  }

  /** The last one first. Refuses a cursor that it never gave with CURSOR_EXPIRED. */
  page({ offset, limit, after }: Slice<unknown>): SliceResult<Alarm> {
    const count = this.#entries.length;
    const end = after === null ? count - offset : this.#entries.findLastIndex(({ seq }) => seq < seqOf(after)) + 1;
    const entries = this.#entries.slice(Math.max(0, end - limit), Math.max(0, end)).reverse();
    const last = entries.at(-1);
    return {
      items: entries.map(({ alarm }) => alarm),
      count,
      countIsExact: true,
      lastKey: last ? String(last.seq) : null,
    };
  }
}

/** How many of each kind have a place among `most`, where those that are few leave theirs to the others. */
function shareOf(ascending: readonly number[], most: number): number {
  let left = most;
  for (const [i, count] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - i));
    if (count > share) return share;
    left -= count;
  }
  return most;
}

function seqOf(cursor: string): number {
  if (!/^[1-9][0-9]{0,15}$/.test(cursor)) throw staleCursor(cursor);
  return Number(cursor);
}
