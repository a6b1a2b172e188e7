import type { Restriction, Slice, SliceResult } from '../domain.ts';
import { staleCursor } from '../refusals.ts';
import { Signal } from '../signal.ts';
import type { Store } from '../store/key-space.ts';
import type { AuditEntry, AuditEvent } from './audit-entry.ts';
import { safeText } from './safe-text.ts';
import { createWriteBehind } from './write-behind.ts';

/** Which entries are wanted: from `since` on and before `until`, epoch milliseconds, and of exactly this name. */
export type AuditFilter = Restriction<{ since: number; until: number; who: string; what: string }>;

/** Who changed what: the newest entries, over a restart too. */
export interface AuditLog {
  /** Tells of each entry. */
  readonly added: Signal<[entry: AuditEntry]>;
  /** Notes an event as of now. The oldest entries go when there are too many, or too long ones. */
  add(event: AuditEvent): void;
  /** Answers entries, the newest first, with the exact count. Refuses a cursor that it never gave with CURSOR_EXPIRED. */
  page(slice: Slice<AuditFilter>): SliceResult<AuditEntry>;
  /** Writes what is still to be written. */
  close(): Promise<void>;
}

export interface AuditLogOptions {
  readonly onFault: (fault: unknown) => void;
  /** Most entries; 10 000 unless given. Read with each new entry. */
  readonly entries?: number | undefined;
  /** Most bytes of entries as JSON; 8 MiB unless given. */
  readonly bytes?: number | undefined;
}

const SPACE = 'audit';
// Keys are ordered as text.
const keyOf = (id: string): string => id.padStart(16, '0');
const sizeOf = (entry: AuditEntry): number => Buffer.byteLength(JSON.stringify(entry));

/** Reads the audit log of a store. */
export async function openAuditLog(store: Store, options: AuditLogOptions): Promise<AuditLog> {
  const { onFault, bytes: mostBytes = 8 * 1024 * 1024 } = options;
  const writes = createWriteBehind(store, onFault);
  const entries: { readonly entry: AuditEntry; readonly size: number }[] = [];
  let bytes = 0;
  let last = 0;

  const append = (entry: AuditEntry): void => {
    const size = sizeOf(entry);
    entries.push({ entry, size });
    bytes += size;
    last = Number(entry.id);
    const most = options.entries ?? 10_000;
    let excess = Math.max(0, entries.length - most);
    for (const oldest of entries.slice(0, excess)) bytes -= oldest.size;
    for (; bytes > mostBytes && excess < entries.length - 1; excess++) bytes -= entries[excess]?.size ?? 0;
    // In one piece: a limit that was lowered may cut off most of them.
    for (const { entry: oldest } of entries.splice(0, excess)) {
      writes.add({ type: 'delete', space: SPACE, key: keyOf(oldest.id) });
    }
  };

  for await (const [, entry] of store.space<AuditEntry>(SPACE).entries()) append(entry);

  const added = new Signal<[entry: AuditEntry]>(onFault);
  return {
    added,
    add(event) {
      const entry: AuditEntry = { id: String(last + 1), at: Date.now(), ...safeEvent(event) };
      writes.add({ type: 'put', space: SPACE, key: keyOf(entry.id), value: entry });
      append(entry);
      added.tell(entry);
    },
    page({ filter, offset, limit, after }) {
      const matches = matcherOf(filter);
      const before = after === null ? Number.POSITIVE_INFINITY : idOf(after);
      const items: AuditEntry[] = [];
      let toSkip = after === null ? offset : 0;
      let count = 0;
      for (let i = entries.length - 1; i >= 0; i -= 1) {
        const entry = entries[i]!.entry;
        if (!matches(entry)) continue;
        count += 1;
        if (items.length >= limit || Number(entry.id) >= before) continue;
        if (toSkip > 0) toSkip -= 1;
        else items.push(entry);
      }
      return { items, count, countIsExact: true, lastKey: items.at(-1)?.id ?? null };
    },
    close: () => writes.settle(),
  };
}

function safeEvent(event: AuditEvent): AuditEvent {
  const safe = (text: string | null): string | null => text && safeText(text);
  const { who, kind, role, from, via, what, target, result, message } = event;
  return {
    ...{ who: safe(who), kind, role, from: safe(from), via },
    ...{ what: safeText(what), target: safe(target), result, message: safe(message) },
  };
}

function matcherOf({ since, until, who, what }: AuditFilter): (entry: AuditEntry) => boolean {
  const name = who == null ? null : safeText(who);
  const operation = what == null ? null : safeText(what);
  return (entry) =>
    (since == null || entry.at >= since) &&
    (until == null || entry.at < until) &&
    (name === null || entry.who === name) &&
    (operation === null || entry.what === operation);
}

function idOf(cursor: string): number {
  if (!/^[1-9][0-9]{0,15}$/.test(cursor)) throw staleCursor(cursor);
  return Number(cursor);
}
