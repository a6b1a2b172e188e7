import { TooManyFailures } from '../access/log-in.ts';
import { BrokerError, type ErrorCode, shown } from '../refusals.ts';

/** Why a request is refused before anything of it runs. */
export interface RequestFault {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  /** Seconds after which it is worth another try. */
  readonly retryAfter?: number;
}

/** An application called more often than it may. */
export class TooManyRequests extends BrokerError {
  /** Whole seconds. */
  readonly retryAfter: number;

  constructor(name: string, retryAfter: number) {
    super('LIMIT_EXCEEDED', `'${shown(name)}' sends too many requests; try again in ${retryAfter} s`);
    this.retryAfter = retryAfter;
  }
}

/** What an error of reading or admitting a request comes to; null for a fault of ours. */
export function requestFaultOf(error: unknown, maxBody: number): RequestFault | null {
  if (error instanceof BrokerError) {
    const isTimed = error instanceof TooManyFailures || error instanceof TooManyRequests;
    const retryAfter = isTimed ? error.retryAfter : 1;
    return { status: 429, code: 'LIMIT_EXCEEDED', message: error.message, retryAfter };
  }
  const { status, length, type } = error as { status?: number; length?: number; type?: string };
  if (type === 'entity.too.large') {
    const message = `the body has ${length ?? `more than ${maxBody}`} bytes; the limit is ${maxBody}`;
    return { status: 413, code: 'LIMIT_EXCEEDED', message };
  }
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return { status, code: 'BAD_USER_INPUT', message: `the body could not be read: ${(error as Error).message}` };
  }
  return null;
}
