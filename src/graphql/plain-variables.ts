import { type GraphQLSchema, isNonNullType, isScalarType, typeFromAST, type VariableDefinitionNode } from 'graphql';

type Values = Record<string, unknown>;

const isPlain: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
  ['Int', (value) => typeof value === 'number' && (value | 0) === value],
  ['String', (value) => typeof value === 'string'],
  ['ID', (value) => typeof value === 'string'],
  ['Boolean', (value) => typeof value === 'boolean'],
]);

/**
 * Coerces variables whose types are built-in scalars, when their values are of the right form already: that is what
 * nearly every request brings. Answers null for any other values, which graphql-js has to look at; null instead of a
 * function when a definition is of another type or has a default.
 */
export function compilePlainVariables(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
): ((given: Values) => Values | null) | null {
  const variables: { name: string; isRequired: boolean; fits: (value: unknown) => boolean }[] = [];
  for (const { variable, type: typeNode, defaultValue } of definitions) {
    const type = typeFromAST(schema, typeNode);
    const isRequired = isNonNullType(type);
    const named = isRequired ? type.ofType : type;
    const fits = isScalarType(named) ? isPlain.get(named.name) : undefined;
    if (!fits || defaultValue) return null;
    variables.push({ name: variable.name.value, isRequired, fits });
  }
  return (given) => {
    const coerced: Values = {};
    for (const { name, isRequired, fits } of variables) {
      const value = given[name];
      if (value !== undefined && fits(value)) coerced[name] = value;
      else if (value != null || isRequired) return null;
      else if (value === null) coerced[name] = null;
    }
    return coerced;
  };
}
