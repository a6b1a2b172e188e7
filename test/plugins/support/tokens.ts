import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { exportJWK, type JWTPayload, SignJWT } from 'jose';

export const SECRET = 'a shared secret of thirty-two bytes';

export const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

/** A token as somebody who has the key makes it. */
export async function sign(
  payload: JWTPayload,
  { alg = 'HS256', key = Buffer.from(SECRET), kid }: { alg?: string; key?: KeyObject | Uint8Array; kid?: string } = {},
): Promise<string> {
  const header = kid === undefined ? { alg } : { alg, kid };
  return new SignJWT(payload).setProtectedHeader(header).sign(key);
}

export const rsaPair = (modulusLength = 2048) => generateKeyPairSync('rsa', { modulusLength });
export const ecPair = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
export const edwardsPair = () => generateKeyPairSync('ed25519');

export const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();

/** A JSON Web Key Set of public keys, by their ids. */
export async function keySetOf(keys: Readonly<Record<string, KeyObject>>): Promise<string> {
  const jwks = Object.entries(keys).map(async ([kid, key]) => ({ ...(await exportJWK(key)), kid }));
  return JSON.stringify({ keys: await Promise.all(jwks) });
}

/** Parts of a token that nobody signed as they stand here. */
export const partsOf = (header: unknown, payload: unknown): string =>
  [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
