import type { GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import {
  defaultFieldResolver,
  type GraphQLError,
  getArgumentValues,
  getVariableValues,
  isNonNullType,
  locatedError,
} from 'graphql';
import { compileAssembly, compileProjection, type Projection } from './compile-projection.ts';
import type { Dress, Json, MaybePromise, Outcome } from './execute-port.ts';
import { compilePlainVariables } from './plain-variables.ts';
import { isThenable } from './projection-runtime.ts';
import type { SelectedField, SelectedOperation } from './selection.ts';

type Values = Record<string, unknown>;

interface RootField {
  readonly resolve: (variableValues: Values, context: unknown) => unknown;
  readonly project: Projection;
  readonly fail: (error: unknown) => GraphQLError;
  /** A failure leaves no answer to put other fields into, so that none is begun after it. */
  readonly isNonNull: boolean;
}

/** One run on its way: the values by root field, and what failed. */
interface Progress {
  readonly values: Json[];
  readonly errors: GraphQLError[];
  isOver: boolean;
}

/** As in graphql-js: a request with more faults than this in its variables hears of no more. */
const MOST_VARIABLE_FAULTS = 50;

/**
 * Compiles an operation whose fields below the root are plain properties. What comes back runs it:
 * variables and arguments are coerced as graphql-js does, root fields of a query are resolved side by
 * side and those of a mutation one after the other, and any error makes the outcome `errors`.
 */
export function compileOperation(
  schema: GraphQLSchema,
  selected: SelectedOperation,
  dress: Dress,
): (variables: Values, context: unknown) => MaybePromise<Outcome<Json>> {
  const { operation, selection } = selected;
  const fields = selection.fields.map((field) => compileRootField(schema, selected, field, dress));
  const assemble = compileAssembly(selection, dress);
  const definitions = operation.variableDefinitions ?? [];
  const isSerial = operation.operation === 'mutation';

  const conclude = ({ values, errors }: Progress): Outcome<Json> =>
    errors.length > 0 ? { errors } : { data: assemble(values) };

  const coercePlain = compilePlainVariables(schema, definitions);

  return (variables, context) => {
    let coerced = coercePlain?.(variables ?? {}) ?? null;
    if (coerced === null) {
      const result = getVariableValues(schema, definitions, variables ?? {}, { maxErrors: MOST_VARIABLE_FAULTS });
      if (result.errors !== undefined) return { errors: result.errors };
      coerced = result.coerced;
    }
    const progress: Progress = { values: [], errors: [], isOver: false };
    const pending = isSerial
      ? answerInTurn(fields, 0, coerced, context, progress)
      : answerTogether(fields, coerced, context, progress);
    return pending === undefined ? conclude(progress) : pending.then(() => conclude(progress));
  };
}

function compileRootField(
  schema: GraphQLSchema,
  { operation, fragments, rootType }: SelectedOperation,
  field: SelectedField,
  dress: Dress,
): RootField {
  const { definition, nodes, responseKey } = field;
  const node = nodes[0];
  if (node === undefined) throw new Error(`'${responseKey}' stands nowhere in the document`);
  const known: Omit<GraphQLResolveInfo, 'variableValues'> = {
    fieldName: definition.name,
    fieldNodes: nodes,
    returnType: definition.type,
    parentType: rootType,
    path: Object.freeze({ prev: undefined, key: responseKey, typename: rootType.name }),
    schema,
    fragments: { ...fragments },
    rootValue: undefined,
    operation,
  };
  const resolve = definition.resolve ?? defaultFieldResolver;
  const noArguments = Object.freeze({});
  const takesArguments = definition.args.length > 0;
  return {
    resolve(variableValues, context) {
      // The projection knows a type's own name without asking.
      if (definition.name === '__typename') return undefined;
      const args = takesArguments ? getArgumentValues(definition, node, variableValues) : noArguments;
      const info = {
        fieldName: known.fieldName,
        fieldNodes: known.fieldNodes,
        returnType: known.returnType,
        parentType: known.parentType,
        path: known.path,
        schema: known.schema,
        fragments: known.fragments,
        rootValue: undefined,
        operation: known.operation,
        variableValues,
      };
      return resolve(undefined, args, context, info);
    },
    project: compileProjection(rootType.name, field, dress),
    fail: (error) => locatedError(error, nodes, [responseKey]),
    isNonNull: isNonNullType(definition.type),
  };
}

function answerTogether(
  fields: readonly RootField[],
  variableValues: Values,
  context: unknown,
  progress: Progress,
): Promise<unknown> | undefined {
  const pending: Promise<void>[] = [];
  for (const [index, field] of fields.entries()) {
    const answering = answerField(field, index, variableValues, context, progress);
    if (answering !== undefined) pending.push(answering);
    if (progress.isOver) break;
  }
  return pending.length === 0 ? undefined : Promise.all(pending);
}

function answerInTurn(
  fields: readonly RootField[],
  from: number,
  variableValues: Values,
  context: unknown,
  progress: Progress,
): Promise<void> | undefined {
  for (let index = from; index < fields.length && !progress.isOver; index++) {
    const field = fields[index];
    const answering = field && answerField(field, index, variableValues, context, progress);
    if (answering !== undefined)
      return answering.then(() => answerInTurn(fields, index + 1, variableValues, context, progress));
  }
  return undefined;
}

/** Puts the value of a field, or why there is none, into `progress`. Never throws or rejects. */
function answerField(
  field: RootField,
  index: number,
  variableValues: Values,
  context: unknown,
  progress: Progress,
): Promise<void> | undefined {
  const succeed = (value: unknown): void => {
    progress.values[index] = field.project(value);
  };
  const fail = (error: unknown): void => {
    progress.errors.push(field.fail(error));
    if (field.isNonNull) progress.isOver = true;
  };
  try {
    const value = field.resolve(variableValues, context);
    if (isThenable(value)) return Promise.resolve(value).then(succeed).catch(fail);
    succeed(value);
  } catch (error) {
    fail(error);
  }
  return undefined;
}
