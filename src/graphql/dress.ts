import type { DocumentNode, GraphQLLeafType, GraphQLObjectType, GraphQLOutputType, GraphQLSchema } from 'graphql';
import { isLeafType, isListType, isNonNullType, isObjectType } from 'graphql';
import type { Dress, Json } from './execute-port.ts';
import type { SelectedField, Selection } from './selection.ts';
import { selectOperation } from './selection.ts';

/**
 * Dresses a GraphQL result: keys, leaves and constants become those of `dress`, by the types of the
 * document. `data` is JSON keyed by response key, as `/graphql` answers it for this document. An
 * object of an abstract type gets the constants of its `__typename`, which must be selected where
 * there are any. Throws an Error when `data` does not have the document's shape.
 */
export function dressResult(schema: GraphQLSchema, document: DocumentNode, dress: Dress, data: unknown): Json {
  return createDresser(schema, document, dress)(data);
}

/** `dressResult` in two steps: what the document and the dress decide is decided once. */
export function createDresser(schema: GraphQLSchema, document: DocumentNode, dress: Dress): (data: unknown) => Json {
  return objectDresser(schema, selectOperation(schema, document).selection, dress);
}

/**
 * How `dress` writes the leaf of a field at its coordinate, or else of its type: internal value, never null, → JSON;
 * undefined when GraphQL's way is kept.
 */
export function leafWriter(
  dress: Dress,
  coordinate: string,
  type: GraphQLLeafType,
): ((internal: unknown) => Json) | undefined {
  // The schema vouches for the value: its field or type is the one that the writer is named after.
  const write = own(dress.leaves, coordinate) ?? own(dress.leaves, type.name);
  return write as ((internal: unknown) => Json) | undefined;
}

/** The constants that `dress` adds to an object type. */
export function neutralOf(dress: Dress, typeName: string): readonly (readonly [string, Json])[] {
  return Object.entries(own(dress.neutral, typeName) ?? {});
}

/** Response key → key of the answer, for one object. Throws an Error when two fields get the same key. */
export function answerKeys(selection: Selection, dress: Dress): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  const taken = new Map<string, string>();
  for (const { responseKey } of selection.fields) {
    const key = dress.key(responseKey);
    const other = taken.get(key);
    const typeNames = selection.types.map((type) => type.name).join(' | ');
    if (other !== undefined)
      throw new Error(`'${other}' and '${responseKey}' of ${typeNames} are both written as '${key}'`);
    taken.set(key, responseKey);
    keys.set(responseKey, key);
  }
  return keys;
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

type Dresser = (value: unknown) => Json;

function objectDresser(schema: GraphQLSchema, selection: Selection, dress: Dress): Dresser {
  const keys = answerKeys(selection, dress);
  const possible = possibleTypes(schema, selection);
  const dressers = new Map(
    selection.fields.map((field) => [field.responseKey, fieldDresser(schema, possible, field, dress)]),
  );
  const neutral = neutralFinder(schema, selection, dress);
  return (value) => {
    if (typeof value !== 'object' || value === null) throw new Error('an object is expected in a GraphQL result');
    const answer = new Map<string, Json>();
    for (const [responseKey, inner] of Object.entries(value)) {
      const key = keys.get(responseKey);
      const dresser = dressers.get(responseKey);
      if (key === undefined || dresser === undefined) throw new Error(`the document does not select '${responseKey}'`);
      answer.set(key, dresser(inner));
    }
    for (const [key, constant] of neutral(value)) if (!answer.has(key)) answer.set(key, constant);
    return Object.fromEntries(answer);
  };
}

/** The object types that a selection may meet. */
function possibleTypes(schema: GraphQLSchema, { types }: Selection): readonly GraphQLObjectType[] {
  return types.flatMap((type) => (isObjectType(type) ? [type] : schema.getPossibleTypes(type)));
}

function fieldDresser(
  schema: GraphQLSchema,
  possible: readonly GraphQLObjectType[],
  field: SelectedField,
  dress: Dress,
): Dresser {
  const { definition, selection } = field;
  const coordinates = [...new Set(possible)].map(({ name }) => `${name}.${definition.name}`);
  const named = coordinates.find((coordinate) => Object.hasOwn(dress.leaves, coordinate));
  if (named !== undefined && coordinates.length > 1)
    throw new Error(`'${named}' has a writer of its own, and only the value tells whether it is that field`);
  const dressObject = selection === null ? null : objectDresser(schema, selection, dress);
  return typeDresser(definition.type, coordinates[0] ?? '', dressObject, dress);
}

function typeDresser(type: GraphQLOutputType, coordinate: string, dressObject: Dresser | null, dress: Dress): Dresser {
  if (isNonNullType(type)) return typeDresser(type.ofType, coordinate, dressObject, dress);
  if (isListType(type)) {
    const dressItem = typeDresser(type.ofType, coordinate, dressObject, dress);
    return (value) => {
      if (value === null) return null;
      if (!Array.isArray(value)) throw new Error(`a list is expected where the type is ${type}`);
      return value.map(dressItem);
    };
  }
  if (isLeafType(type)) {
    const write = leafWriter(dress, coordinate, type);
    if (write === undefined) return (value) => (value === null ? dress.absent : (value as Json));
    return (value) => (value === null ? dress.absent : write(type.parseValue(value)));
  }
  if (dressObject === null) throw new Error(`a field of type ${type} is selected without its fields`);
  return (value) => (value === null ? null : dressObject(value));
}

type NeutralFinder = (value: object) => readonly (readonly [string, Json])[];

function neutralFinder(schema: GraphQLSchema, selection: Selection, dress: Dress): NeutralFinder {
  const [type, ...others] = selection.types;
  if (isObjectType(type) && others.length === 0) {
    const neutral = neutralOf(dress, type.name);
    return () => neutral;
  }
  const neutrals = new Map<unknown, readonly (readonly [string, Json])[]>();
  for (const { name } of possibleTypes(schema, selection))
    if (neutralOf(dress, name).length > 0) neutrals.set(name, neutralOf(dress, name));
  if (neutrals.size === 0) return () => [];
  const typename = selection.fields.find((field) => field.definition.name === '__typename')?.responseKey;
  if (typename === undefined)
    throw new Error(`'__typename' must be selected: there are constants for ${[...neutrals.keys()].join(', ')}`);
  return (value) => neutrals.get(Reflect.get(value, typename)) ?? [];
}
