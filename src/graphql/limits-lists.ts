import { type GraphQLInputType, getNullableType, isInputObjectType, isListType, Kind, type ValueNode } from 'graphql';

/** A list among arguments: what it is called, and its items. */
export interface FoundList {
  readonly name: string;
  readonly length: number;
}

const longer = (a: FoundList | null, b: FoundList | null): FoundList | null =>
  a === null || (b !== null && b.length > a.length) ? b : a;

/**
 * The longest list in a coerced value of a variable; null when it has none. Lists inside of a scalar, such as JSON, are
 * content and no lists of arguments. `name` is that of the variable; a list in an input object has that of its field.
 */
export function longestInValue(value: unknown, givenType: GraphQLInputType, name: string): FoundList | null {
  const type = getNullableType(givenType);
  if (isListType(type) && Array.isArray(value)) {
    return value.reduce<FoundList | null>((longest, item) => longer(longest, longestInValue(item, type.ofType, name)), {
      name,
      length: value.length,
    });
  }
  if (!isInputObjectType(type) || typeof value !== 'object' || value === null) return null;
  const fields = type.getFields();
  return Object.entries(value).reduce<FoundList | null>((longest, [key, item]) => {
    const field = fields[key];
    return field ? longer(longest, longestInValue(item, field.type, key)) : longest;
  }, null);
}

/** As `longestInValue`, of a value as it is written in a document. Variables in it are passed over. */
export function longestInLiteral(node: ValueNode, givenType: GraphQLInputType, name: string): FoundList | null {
  const type = getNullableType(givenType);
  if (isListType(type) && node.kind === Kind.LIST) {
    return node.values.reduce<FoundList | null>(
      (longest, item) => longer(longest, longestInLiteral(item, type.ofType, name)),
      { name, length: node.values.length },
    );
  }
  if (!isInputObjectType(type) || node.kind !== Kind.OBJECT) return null;
  const fields = type.getFields();
  return node.fields.reduce<FoundList | null>((longest, { name: { value: key }, value }) => {
    const field = fields[key];
    return field ? longer(longest, longestInLiteral(value, field.type, key)) : longest;
  }, null);
}
