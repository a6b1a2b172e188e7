import type { EndReason } from './accounts.ts';
import type { Principal, Role } from './principal.ts';

/** A dashboard user who signed in, and is known by a token since. Times are epoch milliseconds. */
export interface SignIn {
  readonly id: string;
  readonly user: string;
  /** The role that the user has now. */
  readonly role: Role;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly address: string;
  readonly userAgent: string | null;
  /** When it ends at the latest. */
  readonly expiresAt: number;
}

/** Where somebody signs in from. */
export interface Origin {
  readonly address: string;
  readonly userAgent: string | null;
}

export interface SignIns {
  /**
   * Signs a user in, and answers the token of 43 characters, this once; or null when the name is unknown or the password
   * wrong. Rejects with LIMIT_EXCEEDED after too many failures. The user's oldest sign-in goes when there are too many.
   */
  start(
    name: string,
    password: string,
    origin: Origin,
  ): Promise<{ readonly token: string; readonly signIn: SignIn } | null>;
  /** Answers whose token this is, or null when it is unknown, idle for too long, or over; notes that it was seen. */
  find(token: string): Principal | null;
  /** Answers why the sign-in of a principal is over, or null and notes that it was seen. Null without a sign-in. */
  objection(principal: Principal): EndReason | null;
  /** In the order in which they began; of one user when a name is given. */
  list(user?: string): readonly SignIn[];
  /**
   * Ends a sign-in by its id, and answers whether there was one. Resolves when a restart cannot bring it back; what is
   * open through it ends in the next turn.
   */
  revoke(id: string): Promise<boolean>;
  /** Drops what is over: to be called after accounts changed. */
  prune(): void;
  /** Writes what is still to be written. */
  close(): Promise<void>;
}
