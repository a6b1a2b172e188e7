import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql';
import {
  BREAK,
  defaultFieldResolver,
  execute,
  getNamedType,
  isAbstractType,
  isObjectType,
  locatedError,
  validate,
  visit,
} from 'graphql';
import { createDresser } from './dress.ts';
import type { Dress, Execute, Json, MaybePromise, Outcome } from './execute-port.ts';
import { isThenable } from './projection-runtime.ts';
import { compileOperation } from './run-compiled.ts';
import type { SelectedField, Selection } from './selection.ts';
import { selectOperation } from './selection.ts';

/**
 * The facade's way into a schema. A prepared operation that `isCompilable` costs about what a
 * handler written by hand costs; any other runs in graphql-js and its result is dressed afterwards.
 * The outcomes are the same but for the path of an error, which compiled ends at the root field, and
 * for their number: compiled, one for each root field that fails.
 *
 * Compiled, a field below the root is read as a property and must hold a value: a promise or a
 * function there is refused with an error. A leaf that the dress writes reaches its writer unchecked,
 * unless its type is built into GraphQL.
 */
export function createExecute(schema: GraphQLSchema): Execute {
  return {
    prepare<Data, Variables>(document: DocumentNode, dress: Dress) {
      const faults = validate(schema, document);
      if (faults.length > 0)
        throw new Error(`the document does not fit the schema:\n${faults.map((fault) => fault.toString()).join('\n')}`);
      const run = isCompilable(schema, document)
        ? compileOperation(schema, selectOperation(schema, document), dress)
        : interpret(schema, document, dress);
      // The document's type speaks for what its operation takes and answers.
      return run as (variables: Variables, context: unknown) => MaybePromise<Outcome<Data>>;
    },
  };
}

/**
 * Whether an operation of a valid document is compiled: it has no directive, and below its root
 * fields no resolver, no argument and no abstract type. The root fields may have resolvers and
 * arguments.
 */
export function isCompilable(schema: GraphQLSchema, document: DocumentNode): boolean {
  if (hasDirective(document)) return false;
  const { selection } = selectOperation(schema, document);
  return selection.fields.every((field) => isConcrete(field) && isReadable(field.selection));
}

function hasDirective(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Directive() {
      found = true;
      return BREAK;
    },
  });
  return found;
}

function isConcrete({ definition }: SelectedField): boolean {
  const type = getNamedType(definition.type);
  // graphql-js asks `isTypeOf` of each object; a projection does not.
  return !isAbstractType(type) && !(isObjectType(type) && type.isTypeOf != null);
}

function isReadable(selection: Selection | null): boolean {
  if (selection === null) return true;
  return selection.fields.every((field) => {
    const { name, resolve, args } = field.definition;
    if (name === '__typename') return true;
    const isProperty = (resolve === undefined || resolve === defaultFieldResolver) && args.length === 0;
    return isProperty && isConcrete(field) && isReadable(field.selection);
  });
}

type Run = (variables: Record<string, unknown>, context: unknown) => MaybePromise<Outcome<Json>>;

function interpret(schema: GraphQLSchema, document: DocumentNode, dress: Dress): Run {
  const dressData = createDresser(schema, document, dress);
  const conclude = ({ data, errors }: ExecutionResult): Outcome<Json> => {
    if (errors !== undefined) return { errors };
    try {
      return { data: dressData(data) };
    } catch (error) {
      return { errors: [locatedError(error, undefined)] };
    }
  };
  return (variableValues, contextValue) => {
    const result = execute({ schema, document, variableValues, contextValue });
    return isThenable(result) ? Promise.resolve(result).then(conclude) : conclude(result);
  };
}
