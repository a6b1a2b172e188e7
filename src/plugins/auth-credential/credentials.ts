import { createGate } from '../../access/gate.ts';
import { createHashing, type Hashing } from '../../access/hashing.ts';
import type { Credential, CredentialFilter, CredentialKind, MaybePromise, Slice, SliceResult } from '../../domain.ts';
import { whenReady } from '../../maybe-promise.ts';
import { BrokerError } from '../../refusals.ts';
import type { Store } from '../../store/key-space.ts';
import { checkCredentialName, checkCredentialPassword } from './credential-checks.ts';
import { CredentialTable } from './credential-table.ts';
import { PasswordChecks } from './password-checks.ts';

/** Passwords to be hashed that may wait: one is hashed at a time, so that no import keeps logins waiting. */
const SEATS = 1000;

/**
 * The credentials of clients, by user name and by client id. Every change is stored when its promise resolves; it rejects
 * with BAD_USER_INPUT for a malformed name or password and with UNAVAILABLE when it cannot be stored, nothing changed.
 */
export class Credentials {
  readonly tables: Readonly<Record<CredentialKind, CredentialTable>>;
  readonly checks: PasswordChecks;
  readonly #hashing: Hashing;
  readonly #gate = createGate({
    places: 1,
    seats: SEATS,
    refusal: () => new BrokerError('LIMIT_EXCEEDED', `${SEATS} credentials are being written already; try again`),
  });

  constructor(store: Store, hashing: Hashing) {
    this.tables = {
      USERNAME: new CredentialTable('USERNAME', store),
      CLIENT_ID: new CredentialTable('CLIENT_ID', store),
    };
    this.checks = new PasswordChecks(hashing);
    this.#hashing = hashing;
  }

  page(kind: CredentialKind, slice: Slice<CredentialFilter>): MaybePromise<SliceResult<Credential>> {
    return whenReady(this.tables[kind].page(slice), (result) => ({
      ...result,
      items: result.items.map((name) => ({ kind, name })),
    }));
  }

  get(kind: CredentialKind, name: string): Credential | null {
    return this.tables[kind].has(name) ? { kind, name } : null;
  }

  /** Rejects with ALREADY_EXISTS. */
  async create(kind: CredentialKind, name: string, password: string): Promise<Credential> {
    checkCredentialName(name);
    checkCredentialPassword(password);
    const table = this.tables[kind];
    table.assertFree(name);
    await table.create(name, await this.#hash(password));
    return { kind, name };
  }

  /** Rejects with NOT_FOUND. */
  async update(kind: CredentialKind, name: string, password: string): Promise<Credential> {
    checkCredentialPassword(password);
    const table = this.tables[kind];
    table.assertKnown(name);
    await table.replace(name, await this.#hash(password));
    return { kind, name };
  }

  /** Answers whether there was one. */
  delete(kind: CredentialKind, name: string): Promise<boolean> {
    return this.tables[kind].delete(name);
  }

  #hash(password: string): Promise<string> {
    return this.#gate(() => this.#hashing.hash(password));
  }
}

const known = new WeakMap<Store, Credentials>();

/**
 * The credentials of a store: one object for all who work with it, so that instances of the plugins come and go and no
 * write is lost. `hashing` counts the first time.
 */
export function credentialsOf(store: Store, hashing = createHashing()): Credentials {
  const credentials = known.get(store) ?? new Credentials(store, hashing);
  known.set(store, credentials);
  return credentials;
}
