import type { ErrorCode } from './__generated__/operations.ts';
import type { Spelling } from './endpoint.ts';

/** The v3 number and word of every refusal, unless a row says otherwise. */
export const spellings: Readonly<Record<ErrorCode, Spelling>> = {
  ALREADY_STARTED: { form: 'dashboard', until30: 'already_started', since31: 'already_started' },
  NOT_STARTED: { form: 'dashboard', until30: 'not_started', since31: 'not_started' },
  PLUGIN_FAILED: { form: 'told', number: 102 },
  CLIENT_NOT_ONLINE: { form: 'business', number: 112, reason: 'not_found' },
  SESSION_NOT_FOUND: { form: 'coded', number: 112, reason: 'session_not_found' },
  SESSION_RUNNING: { form: 'uncoded', reason: 'running_session' },
  BAD_TOPIC: { form: 'coded', number: 115, reason: 'bad_topic' },
  NODE_DOWN: { form: 'business', number: 102, reason: 'nodedown' },
  UNAVAILABLE: { form: 'sentence', status: 503, number: 102 },
  NOT_FOUND: { form: 'absent' },
  ALREADY_EXISTS: { form: 'input' },
  WRONG_PASSWORD: { form: 'input' },
  PROTECTED: { form: 'input' },
  BAD_USER_INPUT: { form: 'input' },
  LIMIT_EXCEEDED: { form: 'input' },
  QUERY_TOO_COMPLEX: { form: 'input' },
  CURSOR_EXPIRED: { form: 'input' },
  FORBIDDEN: { form: 'sentence', status: 403, number: 102 },
  UNAUTHENTICATED: { form: 'absent' },
  INTERNAL: { form: 'fault' },
};
