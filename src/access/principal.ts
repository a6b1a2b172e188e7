/** Who signs in where: applications at the management API, users at the dashboard. */
export type CredentialKind = 'application' | 'user';

/** What a caller may do: read; act on clients and messages; or everything. */
export type Role = 'ADMIN' | 'OPERATOR' | 'VIEWER';

/** The release of the v3 API that an application was written for. */
export type RestProfile = '3.0-beta' | '3.0' | '3.1' | '3.2';

/** A caller whose secret was verified. */
export interface Principal {
  readonly kind: CredentialKind;
  /** The id of the application, or the name of the user: what it signed in with. */
  readonly name: string;
  readonly role: Role;
  /** What the REST API answers it in; null is the profile of the server. Users have none of their own. */
  readonly restProfile: RestProfile | null;
  /** Epoch milliseconds from which on it is refused; null is never. */
  readonly expiresAt: number | null;
  /** Names the secret that was verified; the next secret of the account has another. Tells nothing of the secret. */
  readonly secretId: string;
  /** The sign-in that a cookie stands for; null for a caller who gave the secret itself. */
  readonly signInId: string | null;
}
