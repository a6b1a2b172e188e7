import {
  type DocumentNode,
  type ExecutionArgs,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  isInputType,
  type OperationDefinitionNode,
  parse,
  type Source,
  typeFromAST,
  validate,
} from 'graphql';
import { limitExceeded } from '../domain.ts';
import { costOf } from './limits-cost.ts';
import { type FoundList, longestInValue } from './limits-lists.ts';
import { checkShape, type DocumentLimits, isAbove, tooComplex, tooManyTokens } from './limits-shape.ts';
import { checkSubscription } from './limits-subscription.ts';

export type { DocumentLimits } from './limits-shape.ts';

const TOO_MANY_TOKENS = /^Syntax Error: Document contains more tha[nt] \d+ tokens/;

/**
 * Parses a document from outside. Throws a GraphQLError: `QUERY_TOO_COMPLEX` for its tokens, depth or aliases, before
 * anything slow looks at it, or a syntax error as `parse` does.
 */
export function parseDocument(source: string | Source, limits: DocumentLimits): DocumentNode {
  const document = parseTokens(source, limits.tokens);
  const fault = checkShape(document, limits);
  if (fault) throw fault;
  return document;
}

function parseTokens(source: string | Source, tokens: number): DocumentNode {
  try {
    return tokens > 0 ? parse(source, { maxTokens: tokens }) : parse(source);
  } catch (error) {
    if (!(error instanceof GraphQLError && TOO_MANY_TOKENS.test(error.message))) throw error;
    throw tooManyTokens(tokens);
  }
}

/**
 * Why an operation is refused for what it costs: `QUERY_TOO_COMPLEX` for depth, aliases, complexity, or what a subscription
 * would keep, `LIMIT_EXCEEDED` for a list that is too long; null when it may run. The document is valid for the schema. What execution refuses with
 * a sentence of its own, an operation that is not there or variables that do not fit, is not refused here.
 */
export function checkDocument(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>> | null | undefined,
  operationName: string | null | undefined,
  limits: DocumentLimits,
): GraphQLError | null {
  const fault = checkShape(document, limits);
  if (fault) return fault;
  const operation = getOperationAST(document, operationName);
  if (!operation) return null;
  const unfollowable = checkSubscription(document, operation, variables);
  if (unfollowable) return unfollowable;
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {}, { maxErrors: 1 });
  if (coerced === undefined) return null;
  const { complexity, longest } = costOf(schema, document, operation, coerced);
  for (const list of [...listsOf(schema, operation, coerced), longest]) {
    if (list && isAbove(list.length, limits.listSize)) return tooLong(list, limits.listSize);
  }
  if (!isAbove(complexity, limits.complexity)) return null;
  return tooComplex(`the query has complexity ${complexity}; the limit is ${limits.complexity}`);
}

function listsOf(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  coerced: Record<string, unknown>,
): (FoundList | null)[] {
  return variableDefinitions.map(({ variable, type: node }) => {
    const name = variable.name.value;
    const type = typeFromAST(schema, node);
    return isInputType(type) ? longestInValue(coerced[name], type, `$${name}`) : null;
  });
}

function tooLong({ name, length }: FoundList, limit: number): GraphQLError {
  const refusal = limitExceeded(name, length, limit, 'items');
  return new GraphQLError(refusal.message, { originalError: refusal });
}

/** A request for an operation, as a message of a socket has it. */
export interface OperationRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/**
 * Parses, validates and checks a request: what can be executed, or why it is refused. In the shape that `onSubscribe` of
 * graphql-ws answers.
 */
export function readOperation(
  schema: GraphQLSchema,
  { query, operationName, variables }: OperationRequest,
  limits: DocumentLimits,
): ExecutionArgs | readonly GraphQLError[] {
  let document: DocumentNode;
  try {
    document = parseDocument(query, limits);
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
  const faults = validate(schema, document);
  if (faults.length > 0) return faults;
  const fault = checkDocument(schema, document, variables, operationName, limits);
  if (fault) return [fault];
  return { schema, document, operationName: operationName ?? null, variableValues: variables ?? null };
}
