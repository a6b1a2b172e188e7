import type { Change, Store } from '../store/key-space.ts';
import { type Account, type AccountRecord, accountOf, principalOf } from './account.ts';
import type { CredentialKind, Principal } from './principal.ts';

/** An account to write; null removes it. */
export interface Edit {
  readonly kind: CredentialKind;
  readonly id: string;
  readonly account: Account | null;
}

/** All accounts, in memory as in the store. */
export interface Ledger {
  get(kind: CredentialKind, id: string): Account | null;
  /** Answers who the account is once its secret was verified, whether it may come in or not. */
  principal(kind: CredentialKind, id: string): Principal | null;
  /** Accounts of a kind in the order of their creation. */
  all(kind: CredentialKind): readonly Account[];
  count(kind: CredentialKind): number;
  /** Answers a time of creation, epoch milliseconds, that is behind that of every other account of the kind. */
  nextCreation(kind: CredentialKind): number;
  /**
   * Writes what `decide` answers, all of it or, when this rejects, nothing. Changes are made one after the other:
   * `decide` sees what the one before left, and a refusal that it throws rejects.
   */
  change(decide: () => readonly Edit[]): Promise<void>;
}

const spaceNames = { application: 'applications', user: 'users' } as const;

interface Row {
  readonly account: Account;
  readonly principal: Principal;
}

/** Reads the accounts of a store. `written` is told of each account right after it was written. */
export async function openLedger(store: Store, written: (edit: Edit) => void): Promise<Ledger> {
  const rowOf = (kind: CredentialKind, account: Account): Row => ({ account, principal: principalOf(kind, account) });

  const load = async (kind: CredentialKind): Promise<Map<string, Row>> => {
    const accounts: Account[] = [];
    for await (const [, record] of store.space<AccountRecord>(spaceNames[kind]).entries()) {
      accounts.push(accountOf(record));
    }
    accounts.sort((a, b) => a.createdAt - b.createdAt);
    return new Map(accounts.map((account) => [account.id, rowOf(kind, account)]));
  };

  const tables: Record<CredentialKind, Map<string, Row>> = {
    application: await load('application'),
    user: await load('user'),
  };
  const latest = { application: 0, user: 0 };
  for (const kind of ['application', 'user'] as const) {
    for (const { account } of tables[kind].values()) latest[kind] = account.createdAt;
  }

  const apply = (edit: Edit): void => {
    const { kind, id, account } = edit;
    if (account === null) tables[kind].delete(id);
    else tables[kind].set(id, rowOf(kind, account));
    written(edit);
  };

  const write = async (edits: readonly Edit[]): Promise<void> => {
    if (edits.length === 0) return;
    await store.batch(
      edits.map(({ kind, id, account }): Change => {
        const at = { space: spaceNames[kind], key: id };
        return account === null ? { type: 'delete', ...at } : { type: 'put', ...at, value: account };
      }),
    );
    edits.forEach(apply);
  };

  let last: Promise<void> = Promise.resolve();

  return {
    get: (kind, id) => tables[kind].get(id)?.account ?? null,
    principal: (kind, id) => tables[kind].get(id)?.principal ?? null,
    all: (kind) => Array.from(tables[kind].values(), ({ account }) => account),
    count: (kind) => tables[kind].size,
    nextCreation(kind) {
      latest[kind] = Math.max(Date.now(), latest[kind] + 1);
      return latest[kind];
    },
    change(decide) {
      const done = last.then(() => write(decide()));
      last = done.catch(() => {});
      return done;
    },
  };
}
