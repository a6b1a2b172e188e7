import type { ErrorCode } from '../refusals.ts';
import type { CredentialKind, Role } from './principal.ts';

/** One thing that somebody changed, or wanted to. */
export interface AuditEvent {
  /** The id of an application or the name of a user; null when nobody had signed in. */
  readonly who: string | null;
  readonly kind: CredentialKind | null;
  readonly role: Role | null;
  /** The address it came from; null for this machine's own command line. */
  readonly from: string | null;
  readonly via: 'REST' | 'GRAPHQL' | 'DASHBOARD' | 'CLI';
  /** The name of the operation. */
  readonly what: string;
  /** What it was done to, such as a client id. Never a secret. */
  readonly target: string | null;
  /** Of many items `OK` when one was taken, else the code of the first. */
  readonly result: 'OK' | ErrorCode;
  /** The sentence of a refusal. */
  readonly message: string | null;
}

/** An event as it is kept: texts are at most 1 KiB each and can be shown in one line. */
export interface AuditEntry extends AuditEvent {
  /** Counts up; unique in a data folder. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
}
