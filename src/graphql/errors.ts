import { randomUUID } from 'node:crypto';
import { GraphQLError } from 'graphql';
import { BrokerError, type ErrorCode, errorCodes } from '../domain.ts';

/** Logs a fault whole under an id. */
export type LogFault = (fault: unknown, logId: string) => void;

function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

const known: ReadonlySet<unknown> = new Set<ErrorCode>(errorCodes);

/** Gives a fault of the request one of our codes: libraries have none, or words of their own. */
export function withOwnCode(error: GraphQLError): void {
  if (!known.has(error.extensions.code)) error.extensions.code = 'BAD_USER_INPUT';
}

/** A value of ours that its type cannot represent: told without a place in the document, as no fault of a request is. */
const isFaultOfValue = (error: unknown, cause: GraphQLError): boolean =>
  error instanceof GraphQLError && error.path !== undefined && cause.nodes === undefined;

/**
 * What a caller may see of an error: a refusal as it is, a fault of the request with `BAD_USER_INPUT`; anything else
 * is logged and masked. The one place where errors become answers of GraphQL.
 */
export function maskError(error: unknown, logFault: LogFault): GraphQLError {
  const cause = causeOf(error);
  if (cause instanceof BrokerError) {
    return error instanceof GraphQLError ? error : new GraphQLError(cause.message, { originalError: cause });
  }
  if (cause instanceof GraphQLError && !isFaultOfValue(error, cause)) {
    withOwnCode(cause);
    if (error instanceof GraphQLError && error !== cause) Object.assign(error.extensions, cause.extensions);
    return error as GraphQLError;
  }
  const logId = randomUUID();
  logFault(cause, logId);
  const place = error instanceof GraphQLError ? { nodes: error.nodes ?? null, path: error.path ?? null } : {};
  return new GraphQLError('unexpected error', { ...place, extensions: { code: 'INTERNAL', logId } });
}
