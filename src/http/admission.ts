import type { IncomingMessage } from 'node:http';
import type { Access } from '../access/access.ts';
import type { CredentialKind, Principal } from '../access/principal.ts';
import { parseBasic } from './basic.ts';
import { signInToken } from './cookie.ts';
import { isOwnPage } from './guard.ts';

/**
 * Answers who sends a request: applications by HTTP Basic, users by that or by the cookie of a sign-in; null when nobody
 * does. An Authorization header goes before the cookie, and has to be right; a cookie is let in from pages of this server
 * alone. A promise rejects with LIMIT_EXCEEDED when too many logins failed, or too many are looked at.
 */
export type Admit = (
  headers: IncomingMessage['headers'],
  address: string,
  authorization?: string,
) => Principal | null | Promise<Principal | null>;

export function createAdmit({ logIn, signIns }: Pick<Access, 'logIn' | 'signIns'>, kind: CredentialKind): Admit {
  return (headers, address, authorization = headers.authorization) => {
    if (authorization !== undefined) {
      const given = parseBasic(authorization);
      if (!given) return null;
      return logIn(kind, given.name, given.secret, address);
    }
    const token = kind === 'user' && isOwnPage(headers) ? signInToken(headers.cookie) : null;
    return token === null ? null : signIns.find(token);
  };
}

/** Whether a request to the door of this kind has anything that could let its sender in. */
export const hasCredentials = ({ authorization, cookie }: IncomingMessage['headers'], kind: CredentialKind): boolean =>
  authorization !== undefined || (kind === 'user' && signInToken(cookie) !== null);
