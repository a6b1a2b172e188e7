import type { Store } from '../store/key-space.ts';
import { type Applications, createApplications } from './applications.ts';
import { type Bootstrap, createBootstrap } from './bootstrap.ts';
import type { Derive } from './derivation.ts';
import { createHashing } from './hashing.ts';
import { openLedger } from './ledger.ts';
import type { CredentialKind, Principal } from './principal.ts';
import { isUsable } from './usable-text.ts';
import { createUsers, type Users } from './users.ts';
import { createVerdictCache } from './verdict-cache.ts';

/** Why somebody who was let in is let in no more. */
export type EndReason = 'DELETED' | 'DISABLED' | 'CHANGED' | 'EXPIRED' | 'SIGNED_OUT';

/** Who may come in, and as what. */
export interface Accounts {
  readonly applications: Applications;
  readonly users: Users;
  /**
   * Answers who this is, or null when the name is unknown, disabled or expired, or the secret wrong, empty or above
   * 1 KiB. Answers at once when the same was verified before; equal claims that come meanwhile share one promise. It
   * rejects with LIMIT_EXCEEDED when too many verifications wait. Its time does not tell whether a name exists.
   */
  verify(kind: CredentialKind, name: string, secret: string): Principal | null | Promise<Principal | null>;
  /** Answers who this is when the same was verified before and still holds, else null. */
  recall(kind: CredentialKind, name: string, secret: string): Principal | null;
  /** Answers who this account is, as if its secret had been given; null when it is unknown, disabled or expired. */
  principal(kind: CredentialKind, name: string): Principal | null;
  /** Answers why the account of somebody who was let in would not let it in today, or null. */
  objection(principal: Principal): EndReason | null;
  /** Makes sure at the start that somebody can sign in; see `Bootstrap`. */
  readonly bootstrap: Bootstrap;
}

export interface AccountsOptions {
  /** How keys are derived; scrypt unless given. */
  readonly derive?: Derive;
  /** True verdicts that are remembered; 10 000 unless given. */
  readonly verdicts?: number;
  /** Most accounts of a kind; 10 000 unless given. */
  readonly limit?: number;
  /** Told right after an account was made, changed or deleted. */
  readonly changed?: () => void;
}

const isOver = ({ expiresAt }: Principal): boolean => expiresAt !== null && expiresAt <= Date.now();

/** Reads the applications and dashboard users of a store. Secrets are hashed, and are in no error. */
export async function openAccounts(store: Store, options: AccountsOptions = {}): Promise<Accounts> {
  const { derive, verdicts: capacity, limit = 10_000, changed = () => {} } = options;
  const hashing = createHashing(derive);
  const verdicts = createVerdictCache(capacity);
  const ledger = await openLedger(store, ({ kind, id }) => {
    verdicts.forget(kind, id);
    changed();
  });

  const principal = (kind: CredentialKind, name: string): Principal | null => {
    const found = ledger.principal(kind, name);
    return found && ledger.get(kind, name)?.status && !isOver(found) ? found : null;
  };

  const decide = async (kind: CredentialKind, name: string, secret: string): Promise<Principal | null> => {
    const hash = ledger.get(kind, name)?.hash ?? null;
    const isRight = await hashing.matches(secret, hash);
    // The secret may have changed while it was compared.
    return isRight && ledger.get(kind, name)?.hash === hash ? principal(kind, name) : null;
  };

  return {
    applications: createApplications(ledger, hashing, limit),
    users: createUsers(ledger, hashing, limit),
    verify(kind, name, secret) {
      if (!isUsable(name) || !isUsable(secret)) return null;
      const verdict = verdicts.settle({ kind, name, secret }, () => decide(kind, name, secret));
      return verdict instanceof Promise ? verdict : principal(kind, name);
    },
    recall: (kind, name, secret) =>
      isUsable(name) && isUsable(secret) && verdicts.recall({ kind, name, secret }) ? principal(kind, name) : null,
    principal,
    objection(admitted) {
      const { kind, name } = admitted;
      const now = ledger.principal(kind, name);
      if (now === null) return 'DELETED';
      if (!ledger.get(kind, name)?.status) return 'DISABLED';
      if (now.secretId !== admitted.secretId || now.role !== admitted.role) return 'CHANGED';
      return isOver(now) ? 'EXPIRED' : null;
    },
    bootstrap: createBootstrap(ledger, hashing),
  };
}
