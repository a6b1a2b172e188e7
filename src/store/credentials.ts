import { type Bootstrap, createBootstrap } from './bootstrap.ts';
import { type CredentialRecord, createCredentialRecords } from './credential-records.ts';
import { createHashing, type Derive } from './hashing.ts';
import type { Store } from './key-space.ts';
import type { CredentialKind, Principal } from './principal.ts';
import { assertUsable, isUsable } from './usable-text.ts';
import { createVerdictCache } from './verdict-cache.ts';

export interface Credentials {
  /**
   * Answers who this is, or null when the name is unknown or disabled, or the secret wrong, empty or above 1 KiB.
   * Answers at once when the same was verified before. A promise rejects with LIMIT_EXCEEDED when too many
   * verifications wait. The time it takes does not tell whether a name exists.
   */
  verify(kind: CredentialKind, name: string, secret: string): Principal | null | Promise<Principal | null>;
  /**
   * Gives a credential a new secret, or makes the credential, enabled and with the role ADMIN. The old secret does not
   * verify once this resolves. Refuses an id or secret that is empty or above 1 KiB with BAD_USER_INPUT.
   */
  setSecret(kind: CredentialKind, id: string, secret: string): Promise<void>;
  /** Makes sure at the start that somebody can sign in; see `Bootstrap`. */
  readonly bootstrap: Bootstrap;
}

export interface CredentialsOptions {
  /** How keys are derived; scrypt unless given. */
  readonly derive?: Derive;
  /** True verdicts that are remembered; 1024 unless given. */
  readonly verdicts?: number;
}

/** Makes the applications and dashboard users of a store. Secrets are hashed, and are in no error. */
export function createCredentials(store: Store, options: CredentialsOptions = {}): Credentials {
  const records = createCredentialRecords(store);
  const hashing = createHashing(options.derive);
  const verdicts = createVerdictCache(options.verdicts);

  const decide = async (kind: CredentialKind, name: string, secret: string): Promise<Principal | null> => {
    const record = await records.get(kind, name);
    const isRight = await hashing.matches(secret, record?.hash ?? null);
    return isRight && record?.status ? { kind, name: record.id, role: record.role } : null;
  };

  const recordWith = async (kind: CredentialKind, id: string, secret: string): Promise<CredentialRecord> => {
    assertUsable(`${kind} id`, id);
    assertUsable(`${kind} secret`, secret);
    const hash = await hashing.hash(secret);
    const before = await records.get(kind, id);
    if (before !== null) return { ...before, hash };
    return { id, name: id, hash, status: true, role: 'ADMIN', createdAt: Date.now() };
  };

  const write = async (changed: readonly (readonly [CredentialKind, CredentialRecord])[]): Promise<void> => {
    await records.write(changed);
    for (const [kind, { id }] of changed) verdicts.forget(kind, id);
  };

  return {
    verify(kind, name, secret) {
      if (!isUsable(name) || !isUsable(secret)) return null;
      return verdicts.settle({ kind, name, secret }, () => decide(kind, name, secret));
    },
    setSecret: async (kind, id, secret) => write([[kind, await recordWith(kind, id, secret)]]),
    bootstrap: createBootstrap({ records, hashing, recordWith, write }),
  };
}
