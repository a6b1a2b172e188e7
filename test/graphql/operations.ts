import {
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isObjectType,
  isScalarType,
} from 'graphql';

/** Fields that differ from one reading to the next. */
export const ofTheMoment = ['datetime', 'uptime', 'load1', 'load5', 'load15', 'memoryTotal', 'memoryUsed'];

/** Fields that differ from one connection of a client to the next. */
export const ofTheConnection = ['connectedAt', 'createdAt', 'disconnectedAt', 'port', 'socketReads', 'socketWrites'];

/** Every field of a type that needs no argument, to a depth of `levels` objects; empty for a scalar. */
export function selection(type: GraphQLOutputType, levels: number, without: ReadonlySet<string> = new Set()): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const parts = Object.values(named.getFields()).flatMap((field) => {
    if (without.has(field.name)) return [];
    const inner = getNamedType(field.type);
    if (isScalarType(inner) || isEnumType(inner)) return [field.name];
    return levels > 1 ? [`${field.name} ${selection(inner, levels - 1, without)}`] : [];
  });
  return parts.length === 0 ? '{ __typename }' : `{ ${parts.join(' ')} }`;
}

/** An operation with one root field: its arguments as text, and everything that it answers but `without`. */
export function operation(
  schema: GraphQLSchema,
  kind: 'query' | 'mutation' | 'subscription',
  name: string,
  args: string,
  without: readonly string[] = [],
): string {
  const roots = { query: schema.getQueryType(), mutation: schema.getMutationType() };
  const root = kind === 'subscription' ? schema.getSubscriptionType() : roots[kind];
  const field = root?.getFields()[name];
  if (!field) throw new Error(`the schema has no ${kind} ${name}`);
  return `${kind} { ${name}${args} ${selection(field.type, 3, new Set([...ofTheMoment, ...without]))} }`;
}
