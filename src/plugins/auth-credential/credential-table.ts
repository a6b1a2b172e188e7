import type { CredentialFilter, CredentialKind, MaybePromise, Slice, SliceResult } from '../../domain.ts';
import { BrokerError, shown, storeFailed } from '../../refusals.ts';
import type { KeySpace, Store } from '../../store/key-space.ts';
import { CredentialNames } from './credential-names.ts';

/** A credential as it is kept, under its name. */
interface CredentialRecord {
  /** The password at rest, as `Hashing.hash` answers it. */
  readonly hash: string;
}

const spaceNames = { USERNAME: 'usernames', CLIENT_ID: 'clientids' } as const;
const nouns = { USERNAME: 'user name', CLIENT_ID: 'client id' } as const;

const refusal = (code: 'NOT_FOUND' | 'ALREADY_EXISTS', kind: CredentialKind, name: string, what: string) =>
  new BrokerError(code, `${nouns[kind]} '${shown(name)}' ${what}`, { argument: 'name', value: shown(name) });

/**
 * The credentials of one kind: their names in memory, in order; their hashes in the store, where each is one look-up.
 * It belongs to no instance of a plugin: one that is loaded anew goes on with what it has.
 */
export class CredentialTable {
  readonly kind: CredentialKind;
  readonly #space: KeySpace<CredentialRecord>;
  #names = new CredentialNames();
  #loading: Promise<void> | null = null;
  /** What there was before a write that failed, by name: the store may have taken it all the same. */
  readonly #doubtful = new Map<string, CredentialRecord | null>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(kind: CredentialKind, store: Store) {
    this.kind = kind;
    this.#space = store.space<CredentialRecord>(spaceNames[kind]);
  }

  /** Reads the names, once; to be awaited before anything else. */
  load(): Promise<void> {
    this.#loading ??= this.#load().catch((fault) => {
      this.#loading = null;
      throw fault;
    });
    return this.#loading;
  }

  async #load(): Promise<void> {
    const names = new CredentialNames();
    for await (const [name] of this.#space.entries()) names.add(name);
    this.#names = names;
  }

  /** Answers the hash of a name, or null when nobody has it. */
  async hashOf(name: string): Promise<string | null> {
    return (await this.#recordOf(name))?.hash ?? null;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Names in their order. */
  page(slice: Slice<CredentialFilter>): MaybePromise<SliceResult<string>> {
    return this.#names.page(slice);
  }

  /** Rejects with ALREADY_EXISTS. */
  create(name: string, hash: string): Promise<void> {
    return this.#alone(async () => {
      this.assertFree(name);
      await this.#write(name, { hash });
      this.#names.add(name);
    });
  }

  /** Rejects with NOT_FOUND. */
  replace(name: string, hash: string): Promise<void> {
    return this.#alone(async () => {
      this.assertKnown(name);
      await this.#write(name, { hash });
    });
  }

  /** Answers whether there was one. */
  delete(name: string): Promise<boolean> {
    return this.#alone(async () => {
      if (!this.#names.has(name)) return false;
      await this.#write(name, null);
      this.#names.delete(name);
      return true;
    });
  }

  assertFree(name: string): void {
    if (this.#names.has(name)) throw refusal('ALREADY_EXISTS', this.kind, name, 'has a password already');
  }

  assertKnown(name: string): void {
    if (!this.#names.has(name)) throw refusal('NOT_FOUND', this.kind, name, 'has no password');
  }

  /** Changes are made one after the other: each sees what the one before left. */
  #alone<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#last.then(async () => {
      await this.#settleDoubts();
      return act();
    });
    this.#last = done.catch(() => {});
    return done;
  }

  async #recordOf(name: string): Promise<CredentialRecord | null> {
    const before = this.#doubtful.get(name);
    return before === undefined ? this.#space.get(name) : before;
  }

  async #write(name: string, record: CredentialRecord | null): Promise<void> {
    try {
      const before = await this.#recordOf(name);
      await this.#put(name, record).catch((fault) => {
        this.#doubtful.set(name, before);
        throw fault;
      });
      // What was refused before is overtaken.
      this.#doubtful.delete(name);
    } catch (fault) {
      throw storeFailed(fault);
    }
  }

  #put(name: string, record: CredentialRecord | null): Promise<void> {
    return record === null ? this.#space.delete(name) : this.#space.put(name, record);
  }

  /** What was refused is undone as soon as the store takes writes again. */
  async #settleDoubts(): Promise<void> {
    for (const [name, before] of this.#doubtful) {
      try {
        await this.#put(name, before);
      } catch {
        return;
      }
      this.#doubtful.delete(name);
    }
  }
}
