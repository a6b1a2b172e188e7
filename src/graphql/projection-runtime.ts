import type { GraphQLLeafType } from 'graphql';

/**
 * What generated projections call where a value is not of the plain kind that they read in line.
 * `coordinate` names the field in a message: `MqttConnection.clientId`.
 */

/** Throws as graphql-js does for a null where the schema allows none. */
export function refuseNull(coordinate: string): never {
  throw new Error(`Cannot return null for non-nullable field ${coordinate}.`);
}

/**
 * Throws an error that stands in place of a value, and refuses promises and functions, which
 * graphql-js would await and call: below the root a compiled operation reads values only.
 */
export function refuseUnplain(value: unknown, coordinate: string): void {
  if (value instanceof Error) throw value;
  const refused = typeof value === 'function' ? 'a function' : isThenable(value) ? 'a promise' : null;
  if (refused !== null) throw new Error(`${coordinate} is ${refused}; a field without a resolver must hold a value`);
}

/** The items of a list value that is no array. Throws as graphql-js does when it cannot be iterated. */
export function listItems(value: unknown, coordinate: string): readonly unknown[] {
  refuseUnplain(value, coordinate);
  if (typeof value === 'object' && value !== null && Symbol.iterator in value) {
    return Array.from(value as Iterable<unknown>);
  }
  throw new Error(`Expected Iterable, but did not find one for field "${coordinate}".`);
}

/** Serialises a leaf of `type` as graphql-js does; throws what the type throws for a value that it cannot represent. */
export function leafSerializer(type: GraphQLLeafType): (value: unknown, coordinate: string) => unknown {
  return (value, coordinate) => {
    if (typeof value === 'object' || typeof value === 'function') refuseUnplain(value, coordinate);
    const serialized: unknown = type.serialize(value);
    if (serialized == null)
      throw new Error(`Expected \`${type}.serialize\` to return a value for ${coordinate}, returned: ${serialized}`);
    return serialized;
  };
}

/** Whether graphql-js would wait for the value. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
