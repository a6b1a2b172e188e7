import { ClassicLevel } from 'classic-level';
import type { Change, KeySpace, Range, Store } from './key-space.ts';

/** Opens (or makes) the LevelDB database in this folder. Rejects with LevelDB's reason, see `isLocked`. */
export async function openLevelStore(location: string): Promise<Store> {
  const db = new ClassicLevel<string, unknown>(location, { valueEncoding: 'json' });
  await db.open();
  return storeOf(db);
}

/** Says whether opening failed because the database is open already, here or in another process. */
export function isLocked(fault: unknown): boolean {
  return rootCause(fault).code === 'LEVEL_LOCKED';
}

/** Answers the innermost error: LevelDB wraps the reason, such as a denied permission, in a general one. */
export function rootCause(fault: unknown): NodeJS.ErrnoException {
  if (!(fault instanceof Error)) return new Error(String(fault));
  return fault.cause === undefined ? fault : rootCause(fault.cause);
}

function storeOf(db: ClassicLevel<string, unknown>): Store {
  const open = (name: string) => db.sublevel<string, unknown>(name, { valueEncoding: 'json' });
  const sublevels = new Map<string, ReturnType<typeof open>>();

  // A sublevel stays attached to its database, so that one per call would leak.
  const sublevelOf = (name: string) => {
    const known = sublevels.get(name);
    if (known !== undefined) return known;
    const made = open(name);
    sublevels.set(name, made);
    return made;
  };

  const batch = (changes: readonly Change[]) =>
    db.batch(
      changes.map((change) =>
        change.type === 'put'
          ? { type: 'put', sublevel: sublevelOf(change.space), key: change.key, value: change.value }
          : { type: 'del', sublevel: sublevelOf(change.space), key: change.key },
      ),
    );

  return {
    space: <Value extends NonNullable<unknown>>(space: string): KeySpace<Value> => ({
      get: async (key) => ((await sublevelOf(space).get(key)) as Value | undefined) ?? null,
      // A new sublevel defers its own writes until it has opened, and then a close could overtake them.
      put: (key, value) => batch([{ type: 'put', space, key, value }]),
      delete: (key) => batch([{ type: 'delete', space, key }]),
      async *entries({ prefix = '', after }: Range = {}) {
        const bounds = after === undefined ? { gte: prefix } : { gt: after };
        for await (const [key, value] of sublevelOf(space).iterator(bounds)) {
          if (!key.startsWith(prefix)) return;
          yield [key, value as Value] as const;
        }
      },
    }),
    batch,
    close: () => db.close(),
  };
}
