import type { IncomingMessage } from 'node:http';
import type { Access } from '../access/access.ts';
import type { CredentialKind, Principal } from '../access/principal.ts';
import { whenReady } from '../maybe-promise.ts';
import { parseBasic } from './basic.ts';
import { signInToken } from './cookie.ts';

/** Who was let in, and by which sign-in. */
export interface Admitted {
  readonly principal: Principal;
  /** The token of the cookie; null for who gave a name and a secret. */
  readonly token: string | null;
}

/**
 * Answers who sends a request: applications by HTTP Basic, users by that or by the cookie of a sign-in; null when nobody
 * does. An Authorization header goes before the cookie, and has to be right. A promise rejects with LIMIT_EXCEEDED when
 * too many logins failed, or too many are looked at.
 */
export type Admit = (
  headers: IncomingMessage['headers'],
  address: string,
  authorization?: string,
) => Admitted | null | Promise<Admitted | null>;

export function createAdmit({ logIn, signIns }: Pick<Access, 'logIn' | 'signIns'>, kind: CredentialKind): Admit {
  return (headers, address, authorization = headers.authorization) => {
    if (authorization !== undefined) {
      const given = parseBasic(authorization);
      if (!given) return null;
      const verdict = logIn(kind, given.name, given.secret, address);
      return whenReady(verdict, (principal) => principal && { principal, token: null });
    }
    const token = kind === 'user' ? signInToken(headers.cookie) : null;
    const principal = token === null ? null : signIns.find(token);
    return principal && { principal, token };
  };
}
