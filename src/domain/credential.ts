import type { Restriction } from './restriction.ts';

/** What a client proves with its password: its user name, or its client id. */
export type CredentialKind = 'USERNAME' | 'CLIENT_ID';

/** A name that has a password. The password is nowhere: what is kept of it tells right ones from wrong ones. */
export interface Credential {
  readonly kind: CredentialKind;
  readonly name: string;
}

export type CredentialFilter = Restriction<{ name: string; namePrefix: string; nameContains: string }>;
