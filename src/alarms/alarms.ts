import { createHash } from 'node:crypto';
import type { Alarm, Slice, SliceResult } from '../domain.ts';
import { Signal } from '../signal.ts';
import type { Store } from '../store/key-space.ts';
import type { AlarmNotice, AlarmPort } from './alarm.ts';
import { AlarmHistory } from './alarm-history.ts';
import { AlarmRecords, type Entry } from './alarm-records.ts';
import { KindCounts, kindOf } from './kinds.ts';

export interface AlarmLimits {
  /** Alarms that ended and are remembered. */
  readonly maxHistory: number;
  /** Seconds after a start in which an alarm from before it has to be raised again. */
  readonly unconfirmedTimeout: number;
}

export interface AlarmsOptions {
  readonly nodeName: string;
  /** Read whenever they are needed. */
  readonly limits: AlarmLimits;
  /** Told of what a listener throws, and of writes that fail. */
  readonly onFault: (fault: unknown) => void;
}

/** Alarms of one kind at once. When there are more, one alarm tells of the rest, until there are so few again. */
const MOST_OF_A_KIND = 100;
const FEW_OF_A_KIND = 90;
const OVERFLOW = 'too_many_alarms';

/** Characters that are kept of each text. */
const LONGEST_ID = 300;
const LONGEST_TITLE = 200;
const LONGEST_SUMMARY = 1000;

const short = (text: string, longest: number): string =>
  (text.length > longest ? `${text.slice(0, longest)}…` : text).toWellFormed();

/** An id as it is kept: of a long one the beginning, and what tells it from others that begin alike. */
function keptId(id: string): string {
  if (id.length <= LONGEST_ID) return id.toWellFormed();
  const digest = createHash('sha256').update(id).digest('hex').slice(0, 16);
  return `${short(id, LONGEST_ID)}${digest}`;
}

/**
 * The alarms of this node: those that stand, and those that ended. Both survive a restart. An alarm from before one stands
 * until its cause is looked at, or for a while when nobody speaks of it any more.
 */
export class Alarms implements AlarmPort {
  readonly raised: Signal<[alarm: Alarm]>;
  readonly cleared: Signal<[alarm: Alarm]>;
  readonly #options: AlarmsOptions;
  readonly #records: AlarmRecords;
  /** Those that stand, oldest first. */
  readonly #present = new Map<string, Entry>();
  readonly #counts = new KindCounts();
  readonly #history = new AlarmHistory();
  #lastSeq = 0;
  /** From before the start, and not raised again since. */
  readonly #unconfirmed = new Set<string>();
  readonly #openedAt = performance.now();
  #isClosed = false;

  /** Without those that the store has of before. */
  constructor(store: Store, options: AlarmsOptions) {
    this.#records = new AlarmRecords(store, options.onFault);
    this.#options = options;
    this.raised = new Signal(options.onFault);
    this.cleared = new Signal(options.onFault);
  }

  /** Reads the alarms of a store. */
  static async open(store: Store, options: AlarmsOptions): Promise<Alarms> {
    const alarms = new Alarms(store, options);
    for (const entry of await alarms.#records.read()) alarms.#restore(entry);
    alarms.#trim();
    return alarms;
  }

  #restore(entry: Entry): void {
    entry.alarm = { ...entry.alarm, nodeName: this.#options.nodeName };
    this.#lastSeq = entry.seq;
    if (entry.alarm.clearedAt !== null) {
      this.#history.push(entry);
      return;
    }
    this.#list(entry);
    this.#unconfirmed.add(entry.alarm.id);
  }

  raise(notice: AlarmNotice): void {
    if (this.#isClosed) return;
    const id = keptId(notice.id);
    const said = {
      severity: notice.severity.toUpperCase() as Alarm['severity'],
      title: short(notice.title, LONGEST_TITLE),
      summary: short(notice.summary, LONGEST_SUMMARY),
      value: notice.value === undefined ? null : short(notice.value, LONGEST_TITLE),
    };
    const known = this.#present.get(id);
    if (known) {
      this.#unconfirmed.delete(id);
      this.#change(known, said);
      return;
    }
    const kind = kindOf(id);
    if (this.#counts.of(kind) >= MOST_OF_A_KIND) {
      if (kind !== OVERFLOW) this.#overflow(kind);
      return;
    }
    const { nodeName } = this.#options;
    const alarm: Alarm = { nodeName, id, ...said, raisedAt: Date.now(), clearedAt: null };
    const entry: Entry = { slot: this.#records.take(), seq: ++this.#lastSeq, alarm };
    this.#list(entry);
    this.#records.put(entry);
    void this.#records.write();
    this.raised.tell(alarm);
  }

  /** Other words are written with the next alarm that comes or goes, or at the next look. */
  #change(entry: Entry, said: Pick<Alarm, 'severity' | 'title' | 'summary' | 'value'>): void {
    const { severity, title, summary, value } = entry.alarm;
    if (severity === said.severity && title === said.title && summary === said.summary && value === said.value) {
      return;
    }
    entry.alarm = { ...entry.alarm, ...said };
    this.#records.put(entry);
  }

  #overflow(kind: string): void {
    this.raise({
      id: `${OVERFLOW}:${kind}`,
      severity: 'error',
      title: 'Too many alarms',
      summary: `more than ${MOST_OF_A_KIND} alarms of the kind '${kind}' stand at once; the others are not listed`,
    });
  }

  #list(entry: Entry): void {
    const { id } = entry.alarm;
    this.#present.set(id, entry);
    this.#counts.add(kindOf(id), 1);
  }

  clear(id: string): void {
    this.end(id);
  }

  /** As `clear`; answers the alarm as it ended, or null when it does not stand. */
  end(id: string): Alarm | null {
    const entry = this.#isClosed ? undefined : this.#present.get(keptId(id));
    if (!entry) return null;
    this.#unlist(entry);
    entry.alarm = { ...entry.alarm, clearedAt: Date.now() };
    entry.seq = ++this.#lastSeq;
    this.#history.push(entry);
    this.#records.put(entry);
    this.#trim();
    void this.#records.write();
    this.cleared.tell(entry.alarm);
    const kind = kindOf(entry.alarm.id);
    if (this.#counts.of(kind) <= FEW_OF_A_KIND) this.end(`${OVERFLOW}:${kind}`);
    return entry.alarm;
  }

  #unlist({ alarm: { id } }: Entry): void {
    this.#present.delete(id);
    this.#unconfirmed.delete(id);
    this.#counts.add(kindOf(id), -1);
  }

  #trim(): void {
    for (const entry of this.#history.trim(this.#options.limits.maxHistory)) this.#records.delete(entry);
  }

  /** Whether an alarm stands. */
  has(id: string): boolean {
    return this.#present.has(keptId(id));
  }

  /** Those that stand, the oldest first. */
  present(): readonly Alarm[] {
    return Array.from(this.#present.values(), ({ alarm }) => alarm);
  }

  /** Those that ended, the last one first. Refuses a cursor that it never gave with CURSOR_EXPIRED. */
  history(slice: Slice<unknown>): SliceResult<Alarm> {
    return this.#history.page(slice);
  }

  /** Forgets those that ended; answers how many there were. */
  forget(): number {
    const forgotten = this.#history.trim(0);
    for (const entry of forgotten) this.#records.delete(entry);
    void this.#records.write();
    return forgotten.length;
  }

  /** What time brings, to be called now and then: alarms of which nobody speaks any more, and writes that failed. */
  look(): void {
    const seconds = (performance.now() - this.#openedAt) / 1000;
    if (seconds >= this.#options.limits.unconfirmedTimeout) for (const id of [...this.#unconfirmed]) this.end(id);
    this.#trim();
    void this.#records.write();
  }

  /** Takes no more, for the program ends: what stands now stands at its next start. Resolves when that is written. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#records.write();
  }
}
