import type { CredentialKind, Principal } from '../store/principal.ts';

/** Name and secret of HTTP Basic. */
export interface BasicCredentials {
  readonly name: string;
  readonly secret: string;
}

const SCHEME = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i;

/** Reads an Authorization header (RFC 7617); null when it is missing, of another scheme, or malformed. */
export function parseBasic(header: string | undefined): BasicCredentials | null {
  const encoded = SCHEME.exec(header ?? '')?.[1];
  if (!encoded) return null;
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  return colon < 0 ? null : { name: text.slice(0, colon), secret: text.slice(colon + 1) };
}

export type Verify = (
  kind: CredentialKind,
  name: string,
  secret: string,
) => Principal | null | Promise<Principal | null>;

/** Who sends this Authorization header; null when nobody does. Rejects with LIMIT_EXCEEDED when too many sign in at once. */
export function authenticate(verify: Verify, kind: CredentialKind, header: string | undefined): ReturnType<Verify> {
  const given = parseBasic(header);
  return given ? verify(kind, given.name, given.secret) : null;
}
