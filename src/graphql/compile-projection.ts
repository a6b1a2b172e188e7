import type { GraphQLLeafType, GraphQLOutputType } from 'graphql';
import { isLeafType, isListType, isNonNullType } from 'graphql';
import { answerKeys, leafWriter, neutralOf } from './dress.ts';
import type { Dress, Json } from './execute-port.ts';
import { leafSerializer, listItems, refuseNull, refuseUnplain } from './projection-runtime.ts';
import type { SelectedField, Selection } from './selection.ts';

/** From the internal value of a field to its dressed JSON. Throws what makes the value unfit for its type. */
export type Projection = (value: unknown) => Json;

/**
 * Generates the projection of one selected field of `typeName`: straight code that reads each
 * property by its literal name and makes one object literal a row, which the engine optimises as it
 * does a handler written by hand. Nothing but the document, the schema and the dress reaches the
 * code. All object types in the selection must be concrete.
 */
export function compileProjection(typeName: string, field: SelectedField, dress: Dress): Projection {
  const code = createCode();
  const result = fieldExpression(code, typeName, field, dress, 'value');
  return code.build(`(value) => ${result}`) as Projection;
}

/** Generates the root object of an answer from the values of the selection's fields, in their order. */
export function compileAssembly(selection: Selection, dress: Dress): (values: readonly Json[]) => Json {
  const code = createCode();
  const literal = objectLiteral(code, selection, dress, (_, index) => `values[${index}]`);
  return code.build(`(values) => ${literal}`) as (values: readonly Json[]) => Json;
}

interface Code {
  /** The name under which the code sees a value of this process. */
  constant(value: unknown): string;
  /** Declares a function of one parameter and answers its name. */
  define(parameter: string, body: string): string;
  build(expression: string): unknown;
}

let built = 0;

function createCode(): Code {
  const constants = new Map<unknown, string>();
  const functions: string[] = [];
  return {
    constant(value) {
      const known = constants.get(value);
      if (known !== undefined) return known;
      const name = `c${constants.size}`;
      constants.set(value, name);
      return name;
    },
    define(parameter, body) {
      const name = `f${functions.length}`;
      functions.push(`function ${name}(${parameter}) {\n${body}\n}`);
      return name;
    },
    build(expression) {
      // Equal text would share one set of inline caches: two releases' writers would meet in every call.
      const unique = `//# sourceURL=projection-${++built}.js`;
      const source = ['"use strict";', ...functions, `return ${expression};`, unique].join('\n');
      return new Function(...constants.values(), source)(...constants.keys());
    },
  };
}

type Expression = (field: SelectedField, index: number) => string;

function objectLiteral(code: Code, selection: Selection, dress: Dress, expression: Expression): string {
  const keys = answerKeys(selection, dress);
  const members = selection.fields.map((field, index) => {
    const key = keys.get(field.responseKey) ?? field.responseKey;
    return `${propertyName(key)}: ${expression(field, index)}`;
  });
  const taken = new Set(keys.values());
  for (const [key, value] of neutralOf(dress, objectTypeName(selection)))
    if (!taken.has(key)) members.push(`${propertyName(key)}: ${jsonExpression(code, value)}`);
  return `({ ${members.join(', ')} })`;
}

function objectFunction(code: Code, coordinate: string, selection: Selection, dress: Dress): string {
  const typeName = objectTypeName(selection);
  const reads = selection.fields.map(({ definition }, index) =>
    definition.name === '__typename' ? '' : `const v${index} = row[${JSON.stringify(definition.name)}];`,
  );
  const literal = objectLiteral(code, selection, dress, (field, index) =>
    fieldExpression(code, typeName, field, dress, `v${index}`),
  );
  const refuse = `${code.constant(refuseUnplain)}(row, ${JSON.stringify(coordinate)})`;
  const plain = `if (typeof row !== "object" || typeof row.then === "function" || row instanceof Error) ${refuse};`;
  return code.define('row', [plain, ...reads, `return ${literal};`].join('\n'));
}

function fieldExpression(code: Code, typeName: string, field: SelectedField, dress: Dress, value: string): string {
  const { definition, selection } = field;
  const { type } = definition;
  const coordinate = `${typeName}.${definition.name}`;
  if (definition.name === '__typename' && isNonNullType(type) && isLeafType(type.ofType)) {
    return jsonExpression(code, leafWriter(dress, coordinate, type.ofType)?.(typeName) ?? typeName);
  }
  const writeObject = selection === null ? '' : objectFunction(code, coordinate, selection, dress);
  return typeExpression(code, type, { coordinate, writeObject, dress }, value);
}

interface Written {
  readonly coordinate: string;
  /** Name of the function that writes the object behind the field. */
  readonly writeObject: string;
  readonly dress: Dress;
}

function typeExpression(code: Code, type: GraphQLOutputType, written: Written, value: string): string {
  const nullable = isNonNullType(type) ? type.ofType : type;
  const whenNull = isNonNullType(type)
    ? `${code.constant(refuseNull)}(${JSON.stringify(written.coordinate)})`
    : jsonExpression(code, isLeafType(nullable) ? written.dress.absent : null);
  return `${value} == null ? ${whenNull} : ${presentExpression(code, nullable, written, value)}`;
}

function presentExpression(code: Code, type: GraphQLOutputType, written: Written, value: string): string {
  if (isListType(type)) return `${listFunction(code, type.ofType, written)}(${value})`;
  if (isLeafType(type)) return leafExpression(code, type, written, value);
  return `${written.writeObject}(${value})`;
}

function listFunction(code: Code, itemType: GraphQLOutputType, written: Written): string {
  const items = `Array.isArray(list) ? list : ${code.constant(listItems)}(list, ${JSON.stringify(written.coordinate)})`;
  return code.define(
    'list',
    `const items = ${items};
const length = items.length;
const answer = new Array(length);
for (let i = 0; i < length; i++) {
  const item = items[i];
  answer[i] = ${typeExpression(code, itemType, written, 'item')};
}
return answer;`,
  );
}

/** By name of a built-in scalar: whether a value is written as it is. */
const builtIn: ReadonlyMap<string, (value: string) => string> = new Map([
  ['Int', (value) => `typeof ${value} === "number" && (${value} | 0) === ${value}`],
  ['Float', (value) => `typeof ${value} === "number" && ${value} - ${value} === 0`],
  ['String', (value) => `typeof ${value} === "string"`],
  ['ID', (value) => `typeof ${value} === "string"`],
  ['Boolean', (value) => `typeof ${value} === "boolean"`],
]);

function leafExpression(code: Code, type: GraphQLLeafType, written: Written, value: string): string {
  const write = leafWriter(written.dress, written.coordinate, type);
  const coordinate = JSON.stringify(written.coordinate);
  const isPlain = builtIn.get(type.name);
  if (isPlain !== undefined) {
    const checked = `(${isPlain(value)} ? ${value} : ${code.constant(serializerOf(type))}(${value}, ${coordinate}))`;
    return write === undefined ? checked : `${code.constant(write)}${checked}`;
  }
  if (write === undefined) return `${code.constant(serializerOf(type))}(${value}, ${coordinate})`;
  const refuse = `${code.constant(refuseUnplain)}(${value}, ${coordinate})`;
  const mayBeUnplain = `typeof ${value} === "object" || typeof ${value} === "function"`;
  return `(${mayBeUnplain} ? ${refuse} : undefined, ${code.constant(write)}(${value}))`;
}

const serializers = new WeakMap<GraphQLLeafType, ReturnType<typeof leafSerializer>>();

function serializerOf(type: GraphQLLeafType): ReturnType<typeof leafSerializer> {
  const serializer = serializers.get(type) ?? leafSerializer(type);
  serializers.set(type, serializer);
  return serializer;
}

function objectTypeName(selection: Selection): string {
  const [type, ...others] = selection.types;
  if (type === undefined || others.length > 0) throw new Error('a projection needs one object type');
  return type.name;
}

function propertyName(key: string): string {
  // In a literal a bare "__proto__" sets the prototype; computed, it is a key like any other.
  return key === '__proto__' ? '["__proto__"]' : JSON.stringify(key);
}

function jsonExpression(code: Code, value: Json): string {
  // A composite constant stays a value: as text, a "__proto__" inside it would mean something else.
  return typeof value === 'object' && value !== null ? code.constant(value) : JSON.stringify(value);
}
