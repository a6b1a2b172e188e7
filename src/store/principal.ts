/** Who signs in where: applications at the management API, users at the dashboard. */
export type CredentialKind = 'application' | 'user';

/** What a caller may do: read; act on clients and messages; or everything. */
export type Role = 'ADMIN' | 'OPERATOR' | 'VIEWER';

/** A caller whose secret was verified. */
export interface Principal {
  readonly kind: CredentialKind;
  /** The id of the application, or the name of the user: what it signed in with. */
  readonly name: string;
  readonly role: Role;
}
