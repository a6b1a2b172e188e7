const NAME = 'brokerql_sign_in';

/** The token of a sign-in in a Cookie header (RFC 6265); null when there is none. */
export function signInToken(header: string | undefined): string | null {
  for (const part of header?.split(';') ?? []) {
    const [name, value] = part.trim().split('=', 2);
    if (name === NAME && value) return value;
  }
  return null;
}

/**
 * The Set-Cookie header of a sign-in, or with null of its end. No script reads it, no other site's page makes a browser
 * send it, and it goes over TLS only where it came over TLS. `lifetime` in seconds.
 */
export function signInCookie(token: string | null, lifetime: number, isTls: boolean): string {
  const attributes = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${token === null ? 0 : lifetime}`;
  return `${NAME}=${token ?? ''}; ${attributes}${isTls ? '; Secure' : ''}`;
}
