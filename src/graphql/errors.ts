import { randomUUID } from 'node:crypto';
import { GraphQLError } from 'graphql';
import { BrokerError } from '../domain.ts';

/** Logs a fault whole under an id. */
export type LogFault = (fault: unknown, logId: string) => void;

function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

/**
 * What a caller may see of an error: a refusal as it is, a fault of the request with `BAD_USER_INPUT`; anything else
 * is logged and masked. The one place where errors become answers of GraphQL.
 */
export function maskError(error: unknown, logFault: LogFault): GraphQLError {
  const cause = causeOf(error);
  if (cause instanceof BrokerError) {
    return error instanceof GraphQLError ? error : new GraphQLError(cause.message, { originalError: cause });
  }
  if (cause instanceof GraphQLError) {
    if (cause.extensions.code === undefined) cause.extensions.code = 'BAD_USER_INPUT';
    if (error instanceof GraphQLError && error !== cause) Object.assign(error.extensions, cause.extensions);
    return error as GraphQLError;
  }
  const logId = randomUUID();
  logFault(cause, logId);
  const place = error instanceof GraphQLError ? { nodes: error.nodes ?? null, path: error.path ?? null } : {};
  return new GraphQLError('unexpected error', { ...place, extensions: { code: 'INTERNAL', logId } });
}
