import { errors, type JWTPayload, jwtVerify } from 'jose';
import type { ClientInfo } from '../../broker/hooks.ts';
import { fillIn } from './placeholders.ts';
import type { KeySource } from './token-keys.ts';

/** Why a token is refused, in a few words that hold nothing of it. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

export interface TokenRules {
  readonly sources: readonly KeySource[];
  /** Seconds. */
  readonly clockTolerance: number;
  /** Claims with what they have to be, with placeholders. */
  readonly claims: ReadonlyMap<string, string>;
}

/** Longer ones are not looked at. */
const LONGEST = 16_384;

/** RFC 7519: three parts in base64url; the last one is empty where nothing is signed. */
const SHAPE = /^[\w-]+\.[\w-]*\.[\w-]*$/;

/** The algorithm that a text says to be signed with; null when it is no token. */
export function algorithmOf(text: string): string | null {
  if (!SHAPE.test(text)) return null;
  try {
    const header: unknown = JSON.parse(Buffer.from(text.slice(0, text.indexOf('.')), 'base64url').toString());
    const { alg } = header as { readonly alg?: unknown };
    return typeof alg === 'string' ? alg : null;
  } catch {
    return null;
  }
}

/** The claims of a token. Rejects with TokenRefused, or with whatever keeps its key from being there. */
export async function verifyToken(
  token: string,
  algorithm: string,
  { sources, clockTolerance, claims }: TokenRules,
  client: ClientInfo,
): Promise<JWTPayload> {
  if (token.length > LONGEST) throw new TokenRefused(`it has more than ${LONGEST} bytes`);
  const source = sources.find(({ algorithms }) => algorithms.includes(algorithm));
  // Also 'none'.
  if (!source) throw new TokenRefused('there is no key for its algorithm');
  const payload = await payloadOf(token, source, clockTolerance);
  for (const [name, pattern] of claims) {
    const wanted = fillIn(pattern, client);
    if (wanted === null || !isClaimed(payload[name], wanted))
      throw new TokenRefused(`its claim '${name}' is another one`);
  }
  return payload;
}

async function payloadOf(token: string, source: KeySource, clockTolerance: number): Promise<JWTPayload> {
  const options = { algorithms: [...source.algorithms], clockTolerance };
  try {
    return (await jwtVerify(token, source.keyFor, options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw refusalOf(error);
    // It names none of several keys.
    for await (const key of error) {
      try {
        return (await jwtVerify(token, key, options)).payload;
      } catch (next) {
        if (!(next instanceof errors.JWSSignatureVerificationFailed)) throw refusalOf(next);
      }
    }
    throw refusalOf(new errors.JWSSignatureVerificationFailed());
  }
}

/** What jose says of a token is a refusal, and so is a key that does not fit; anything else passes. */
function refusalOf(error: unknown): unknown {
  if (error instanceof errors.JOSEError || error instanceof TypeError) {
    return new TokenRefused(error.message, { cause: error });
  }
  return error;
}

/** Whether a claim, or one of those in a list, is this text. */
function isClaimed(claim: unknown, wanted: string): boolean {
  if (Array.isArray(claim)) return claim.some((one) => one === wanted);
  return claim === wanted || (typeof claim === 'number' && String(claim) === wanted);
}
