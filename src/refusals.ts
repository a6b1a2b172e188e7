/**
 * Why a request is refused. The GraphQL enum `ErrorCode` carries the same names;
 * the REST facade turns a code into v3 numbers and statuses in one table.
 */
export const errorCodes = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BAD_USER_INPUT',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'WRONG_PASSWORD',
  'PROTECTED',
  'ALREADY_STARTED',
  'NOT_STARTED',
  'PLUGIN_FAILED',
  'CLIENT_NOT_ONLINE',
  'SESSION_NOT_FOUND',
  'SESSION_RUNNING',
  'BAD_TOPIC',
  'LIMIT_EXCEEDED',
  'QUERY_TOO_COMPLEX',
  'NODE_DOWN',
  'UNAVAILABLE',
  'CURSOR_EXPIRED',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** What a caller may learn of a refusal besides its sentence. A secret is never a value. */
export interface RefusalDetails {
  /** Name of the argument or parameter at fault. */
  readonly argument?: string;
  /** The offending value, shortened when it is long. */
  readonly value?: unknown;
  /** The oldest cursor that can be gone on from. */
  readonly oldestCursor?: string;
}

/** A refusal: the request was understood and is declined. Anything else that is thrown is a fault and is masked. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  readonly code: ErrorCode;
  readonly details: RefusalDetails;

  constructor(code: ErrorCode, message: string, details: RefusalDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }

  /** What an answer in GraphQL carries beside the message. */
  get extensions(): { readonly code: ErrorCode } & RefusalDetails {
    return { code: this.code, ...this.details };
  }
}

const LONGEST_SHOWN = 200;

/** Shortens a value for a sentence: at most 200 characters, control characters and halves of surrogate pairs escaped. */
export function shown(value: unknown): string {
  let text: string;
  if (typeof value === 'string') text = value;
  else if (value === undefined) text = 'undefined';
  else text = JSON.stringify(value) ?? String(value);
  const safe = text.replace(/[\p{Cc}\p{Cs}]/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return safe.length > LONGEST_SHOWN ? `${safe.slice(0, LONGEST_SHOWN)}…` : safe;
}

/** `argument` has a value that is refused; `expected` finishes the sentence "… must be". */
export function badInput(argument: string, value: unknown, expected: string): BrokerError {
  const text = typeof value === 'string' ? `'${shown(value)}'` : shown(value);
  return new BrokerError('BAD_USER_INPUT', `${argument} must be ${expected}, not ${text}`, {
    argument,
    value: shown(value),
  });
}

export function unknownNode(name: string): BrokerError {
  return new BrokerError('NOT_FOUND', `node '${shown(name)}' is unknown`, { argument: 'node', value: shown(name) });
}

/** What is asked for is the business of a plugin that is not active. */
export function notStarted(plugin: string): BrokerError {
  return new BrokerError('NOT_STARTED', `plugin '${plugin}' is not active`, { argument: 'plugin', value: plugin });
}

export function unknownAlarm(id: string): BrokerError {
  return new BrokerError('NOT_FOUND', `alarm '${shown(id)}' does not stand`, { argument: 'id', value: shown(id) });
}

export function clientNotOnline(clientId: string): BrokerError {
  return new BrokerError('CLIENT_NOT_ONLINE', `client '${shown(clientId)}' is not online`, {
    argument: 'clientId',
    value: shown(clientId),
  });
}

export function sessionNotFound(clientId: string): BrokerError {
  return new BrokerError('SESSION_NOT_FOUND', `client '${shown(clientId)}' has no session`, {
    argument: 'clientId',
    value: shown(clientId),
  });
}

export function sessionRunning(clientId: string): BrokerError {
  return new BrokerError('SESSION_RUNNING', `client '${shown(clientId)}' is connected; its session is in use`, {
    argument: 'clientId',
    value: shown(clientId),
  });
}

/** A wildcard where a topic name is asked for. */
export function wildcardTopic(topic: string): BrokerError {
  return new BrokerError(
    'BAD_TOPIC',
    `'${shown(topic)}' is a topic filter; a message needs a topic name without + and #`,
    {
      argument: 'topic',
      value: shown(topic),
    },
  );
}

/** What an access rule does not let a client do with a topic. */
export const notAuthorized = (deed: string, topic: string): BrokerError =>
  new BrokerError('FORBIDDEN', `not authorized to ${deed} '${shown(topic)}'`);

export function limitExceeded(argument: string, value: number, limit: number, unit: string): BrokerError {
  return new BrokerError('LIMIT_EXCEEDED', `${argument} has ${value} ${unit}; the limit is ${limit}`, {
    argument,
    value,
  });
}

/** `count` is how many subscriptions the client would have. */
export function tooManySubscriptions(clientId: string, count: number, limit: number): BrokerError {
  return new BrokerError(
    'LIMIT_EXCEEDED',
    `client '${shown(clientId)}' would have ${count} subscriptions; the limit is ${limit}`,
    { argument: 'topicFilters', value: count },
  );
}

/** What is asked for has to be kept, and cannot be now; it has not been done. */
export function storeFailed(cause: unknown): BrokerError {
  return Object.assign(new BrokerError('UNAVAILABLE', 'the store takes no writes; try again later'), { cause });
}

/** What becomes of a write that rejects, where a request waits for it. */
export function throwStoreFailed(cause: unknown): never {
  throw storeFailed(cause);
}

/** A cursor of another start of the node, or one that was never given out. */
export function staleCursor(cursor: string): BrokerError {
  return new BrokerError(
    'CURSOR_EXPIRED',
    `cursor '${shown(cursor)}' is not of this start of the node; begin again without 'after'`,
    {
      argument: 'after',
      value: shown(cursor),
    },
  );
}

/** A cursor behind which events are forgotten, or one that is stale; `oldest` is one behind which none is. */
export function expiredCursor(cursor: string, oldest: string): BrokerError {
  return new BrokerError(
    'CURSOR_EXPIRED',
    `cursor '${shown(cursor)}' is too old, or of another start of the node; the oldest usable one is '${oldest}'`,
    { argument: 'after', value: shown(cursor), oldestCursor: oldest },
  );
}
