import { BrokerError, shown } from '../refusals.ts';
import type { CredentialKind } from './principal.ts';

/** What a caller calls the key of an account. */
export const keyOf = { application: 'id', user: 'name' } as const;

const refusal = (code: 'NOT_FOUND' | 'ALREADY_EXISTS' | 'PROTECTED', kind: CredentialKind, id: string, what: string) =>
  new BrokerError(code, `${kind} '${shown(id)}' ${what}`, { argument: keyOf[kind], value: shown(id) });

export const unknownAccount = (kind: CredentialKind, id: string): BrokerError =>
  refusal('NOT_FOUND', kind, id, 'is unknown');

export const accountExists = (kind: CredentialKind, id: string): BrokerError =>
  refusal('ALREADY_EXISTS', kind, id, 'exists already');

/** `why` finishes the sentence "user 'eve' …". */
export const protectedUser = (name: string, why: string): BrokerError => refusal('PROTECTED', 'user', name, why);

export const wrongPassword = (name: string): BrokerError =>
  new BrokerError('WRONG_PASSWORD', `the old password of user '${shown(name)}' is wrong`, { argument: 'oldPassword' });

export const tooManyAccounts = (kind: CredentialKind, limit: number): BrokerError =>
  new BrokerError('LIMIT_EXCEEDED', `there are ${limit} ${kind}s; that is the limit`, { value: limit });
