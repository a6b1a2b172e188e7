import { type GraphQLSchema, Kind, parse } from 'graphql';
import { ruleOf } from './authorization.ts';

/** Tokens of a document that a stranger may have parsed. */
const MAX_TOKENS = 100;

/**
 * Tells requests that need no credentials: the JSON body of a POST whose every field is a mutation that the SDL marks
 * `@open`. Everything else of a stranger is refused before the server looks at it any further.
 */
export function createOpenDocuments(schema: GraphQLSchema): (body: Uint8Array) => boolean {
  const type = schema.getMutationType();
  const open = new Set(
    type
      ? Object.values(type.getFields())
          .filter((field) => ruleOf(type, field) === 'OPEN')
          .map(({ name }) => name)
      : [],
  );
  return (body) => {
    try {
      const { query } = JSON.parse(Buffer.from(body).toString()) as { query?: unknown };
      if (typeof query !== 'string') return false;
      const { definitions } = parse(query, { maxTokens: MAX_TOKENS });
      return definitions.every(
        (definition) =>
          definition.kind === Kind.OPERATION_DEFINITION &&
          definition.operation === 'mutation' &&
          definition.selectionSet.selections.every(
            (selection) => selection.kind === Kind.FIELD && open.has(selection.name.value),
          ),
      );
    } catch {
      return false;
    }
  };
}
