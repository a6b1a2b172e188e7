/** Name and secret of HTTP Basic. */
export interface BasicCredentials {
  readonly name: string;
  readonly secret: string;
}

const SCHEME = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i;

/** Reads an Authorization header (RFC 7617); null when it is of another scheme, or malformed. */
export function parseBasic(header: string): BasicCredentials | null {
  const encoded = SCHEME.exec(header)?.[1];
  if (!encoded) return null;
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  return colon < 0 ? null : { name: text.slice(0, colon), secret: text.slice(colon + 1) };
}
