import type { Database } from './database.ts';
import type { Change, KeySpace, Range, Store } from './key-space.ts';

/** Behind every key of a key-space, which begins with `!name!`. */
const END = '"';

/** Key-spaces of JSON in a database. */
export function storeOf(database: Database): Store {
  const keyOf = (space: string, key: string): Buffer => Buffer.from(`!${space}!${key}`);
  const batch = async (changes: readonly Change[]): Promise<void> => {
    // Spelled before any is added: one that has no spelling refuses all.
    const spelled = changes.map((change) => ({
      key: keyOf(change.space, change.key),
      value: change.type === 'put' ? Buffer.from(JSON.stringify(change.value)) : null,
    }));
    for (const { key, value } of spelled) {
      if (value) database.put(key, value);
      else database.del(key);
    }
    return database.flush();
  };
  return {
    space: <Value extends NonNullable<unknown>>(space: string): KeySpace<Value> => ({
      get: async (key) => {
        const value = await database.get(keyOf(space, key));
        return value === undefined ? null : (JSON.parse(value.toString()) as Value);
      },
      put: (key, value) => batch([{ type: 'put', space, key, value }]),
      delete: (key) => batch([{ type: 'delete', space, key }]),
      async *entries({ prefix = '', after }: Range = {}) {
        const start = keyOf(space, '').length;
        const gte = after === undefined ? keyOf(space, prefix) : Buffer.concat([keyOf(space, after), Buffer.of(0)]);
        for await (const [key, value] of database.walk({ gte, lt: Buffer.from(`!${space}${END}`) })) {
          const name = key.toString('utf8', start);
          if (!name.startsWith(prefix)) return;
          yield [name, JSON.parse(value.toString()) as Value] as const;
        }
      },
    }),
    batch,
    close: () => database.close(),
  };
}
