import type { Alarm } from '../domain.ts';
import type { Change, Store } from '../store/key-space.ts';

/** An alarm as it is stored: whatever happens to it next, it keeps its slot. */
export interface Entry {
  readonly slot: number;
  /** Its place in the order of its list: of raising while it stands, then of ending. */
  seq: number;
  alarm: Alarm;
}

interface Stored {
  readonly seq: number;
  readonly alarm: Alarm;
}

const SPACE = 'alarms';
const keyOf = (slot: number): string => String(slot).padStart(8, '0');

/**
 * The alarms in a store. Nobody waits for a write, and one that fails is tried again: a full disk is just when alarms
 * come. Slots are used again, so that what waits is never more than what is listed.
 */
export class AlarmRecords {
  readonly #store: Store;
  readonly #onFault: (fault: unknown) => void;
  #waiting = new Map<number, Change>();
  #writing: Promise<void> | null = null;
  #isFailing = false;
  readonly #free: number[] = [];
  #slots = 0;

  /** `onFault` is told of a write that fails, once until one succeeds. */
  constructor(store: Store, onFault: (fault: unknown) => void) {
    this.#store = store;
    this.#onFault = onFault;
  }

  /** Reads what is stored, in the order in which it was; to be called once, before anything else. */
  async read(): Promise<readonly Entry[]> {
    const entries: Entry[] = [];
    for await (const [key, { seq, alarm }] of this.#store.space<Stored>(SPACE).entries()) {
      entries.push({ slot: Number(key), seq, alarm });
    }
    const taken = new Set(entries.map(({ slot }) => slot));
    this.#slots = Math.max(0, ...Array.from(taken, (slot) => slot + 1));
    for (let slot = 0; slot < this.#slots; slot++) if (!taken.has(slot)) this.#free.push(slot);
    return entries.sort((a, b) => a.seq - b.seq);
  }

  /** Makes room for one more; it is stored by `put`. */
  take(): number {
    return this.#free.pop() ?? this.#slots++;
  }

  put({ slot, seq, alarm }: Entry): void {
    this.#waiting.set(slot, { type: 'put', space: SPACE, key: keyOf(slot), value: { seq, alarm } satisfies Stored });
  }

  delete({ slot }: Entry): void {
    this.#waiting.set(slot, { type: 'delete', space: SPACE, key: keyOf(slot) });
    this.#free.push(slot);
  }

  /** Writes what waits; resolves when that was tried. */
  write(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
    });
    return this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#waiting.size > 0) {
      const changes = this.#waiting;
      this.#waiting = new Map();
      try {
        await this.#store.batch([...changes.values()]);
        this.#isFailing = false;
      } catch (fault) {
        // What came meanwhile is newer.
        this.#waiting = new Map([...changes, ...this.#waiting]);
        if (!this.#isFailing) this.#onFault(fault);
        this.#isFailing = true;
        return;
      }
    }
  }
}
