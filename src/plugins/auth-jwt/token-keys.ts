import { createPublicKey, type KeyObject } from 'node:crypto';
import type { JWTVerifyGetKey } from 'jose';
import { readPem } from '../plain-file.ts';

/** Where the key of a token comes from, by the algorithms that it may be for. */
export interface KeySource {
  readonly algorithms: readonly string[];
  readonly keyFor: JWTVerifyGetKey;
}

const RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const CURVES: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };
const EDWARDS = ['EdDSA', 'Ed25519'];

/** RFC 7518: at least 2048 bits. */
const LEAST_RSA_BITS = 2048;

/** The keys of JSON Web Key Sets; never one that is a secret. */
export const REMOTE_ALGORITHMS = [...RSA, ...Object.values(CURVES), ...EDWARDS];

/** A shared secret. No token that is signed with a public key is ever compared with it. */
export function secretSource(secret: string): KeySource {
  const key = Buffer.from(secret);
  return { algorithms: ['HS256', 'HS384', 'HS512'], keyFor: () => key };
}

/** The public key, or that of the certificate, in PEM or in a file of PEM. Throws an Error that says what is wrong with it. */
export async function publicKeySource(pemOrPath: string): Promise<KeySource> {
  const pem = pemOrPath.trimStart().startsWith('-----BEGIN ') ? pemOrPath : await pemIn(pemOrPath);
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new Error('auth.jwt.pubkey is no public key in PEM');
  }
  return { algorithms: algorithmsOf(key), keyFor: () => key };
}

async function pemIn(path: string): Promise<string> {
  try {
    return await readPem(path);
  } catch (fault) {
    throw new Error(`auth.jwt.pubkey: ${(fault as Error).message}`);
  }
}

/** Those alone that are made for this kind of key: what else a token says of itself is not tried. */
function algorithmsOf({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): readonly string[] {
  if (type === 'rsa') {
    if ((details?.modulusLength ?? 0) >= LEAST_RSA_BITS) return RSA;
    throw new Error(`auth.jwt.pubkey has less than ${LEAST_RSA_BITS} bits`);
  }
  const curve = type === 'ec' ? CURVES[details?.namedCurve ?? ''] : undefined;
  if (curve !== undefined) return [curve];
  if (type === 'ed25519') return EDWARDS;
  throw new Error(`auth.jwt.pubkey is a key of the kind '${details?.namedCurve ?? type}', which signs no tokens`);
}
