import { secretIdOf } from './hashing.ts';
import type { CredentialKind, Principal, RestProfile, Role } from './principal.ts';

/** A program that calls the management API. */
export interface Application {
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  readonly desc: string | null;
  /** False refuses it. */
  readonly status: boolean;
  /** Epoch seconds: the last second in which it is accepted; null is never refused for its age. */
  readonly expired: number | null;
  readonly role: Role;
  /** What the REST API answers it in; null is the profile of the server. */
  readonly restProfile: RestProfile | null;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** A person who signs in at the dashboard. */
export interface User {
  readonly name: string;
  readonly tags: string | null;
  readonly role: Role;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** An account of either kind as it is kept; what a kind does not have is null. */
export interface Account extends Application {
  readonly tags: string | null;
  /** The secret at rest, as `Hashing.hash` answers it. */
  readonly hash: string;
}

/** An account as it is stored: records of the first release end with `createdAt`. */
export type AccountRecord = Pick<Account, 'id' | 'name' | 'hash' | 'status' | 'role' | 'createdAt'> & Partial<Account>;

/** Answers the account of a record; what an older release did not write is null. */
export function accountOf(record: AccountRecord): Account {
  return { desc: null, tags: null, expired: null, restProfile: null, ...record };
}

/** The last instant that a Date can tell. */
const LAST_INSTANT = 8.64e15;

/** Answers who an account is once its secret was verified. */
export function principalOf(kind: CredentialKind, { id, role, restProfile, expired, hash }: Account): Principal {
  const expiresAt = expired === null ? null : Math.min((expired + 1) * 1000, LAST_INSTANT);
  return { kind, name: id, role, restProfile, expiresAt, secretId: secretIdOf(hash), signInId: null };
}

/** Answers what callers may know of an application. */
export function applicationOf(account: Account): Application {
  const { id, name, desc, status, expired, role, restProfile, createdAt } = account;
  return { id, name, desc, status, expired, role, restProfile, createdAt };
}

/** Answers what callers may know of a user. */
export function userOf({ id, tags, role, createdAt }: Account): User {
  return { name: id, tags, role, createdAt };
}

/** Answers an account, enabled and with the role ADMIN, of which nothing more is known. */
export function newAccount(id: string, hash: string, createdAt: number): Account {
  return accountOf({ id, name: id, status: true, role: 'ADMIN', hash, createdAt });
}
