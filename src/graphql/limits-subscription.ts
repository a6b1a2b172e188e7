import { type DocumentNode, GraphQLError, Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';
import { tooComplex } from './limits-shape.ts';

/**
 * Bytes of document and variables of a subscription, which are kept for as long as it is followed; the longest client id and
 * topic filter of MQTT fit into it.
 */
const MOST_BYTES = 128 * 1024;

/** Why a subscription is refused: what it would keep is too large, or it could be one of nothing. Null for any other operation. */
export function checkSubscription(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>> | null | undefined,
): GraphQLError | null {
  if (operation.operation !== 'subscription') return null;
  return checkSize(document, variables) ?? checkConditions(document, operation);
}

function checkSize(
  { loc }: DocumentNode,
  variables: Readonly<Record<string, unknown>> | null | undefined,
): GraphQLError | null {
  const bytes = Buffer.byteLength(loc?.source.body ?? '') + Buffer.byteLength(JSON.stringify(variables ?? {}));
  if (bytes <= MOST_BYTES) return null;
  return tooComplex(`the subscription has ${bytes} bytes of document and variables; the limit is ${MOST_BYTES}`);
}

/**
 * Why a subscription is refused whose one field could be left out by `@skip` or `@include`: nothing could be followed
 * then. GraphQL, October 2021, 5.2.3.1, leaves it open; executors fail on it.
 */
function checkConditions(document: DocumentNode, operation: OperationDefinitionNode): GraphQLError | null {
  const seen = new Set<string>();
  const isConditional = ({ selections }: SelectionSetNode): boolean =>
    selections.some((selection) => {
      if (selection.directives?.some(({ name }) => name.value === 'skip' || name.value === 'include')) return true;
      if (selection.kind === Kind.INLINE_FRAGMENT) return isConditional(selection.selectionSet);
      if (selection.kind !== Kind.FRAGMENT_SPREAD || seen.has(selection.name.value)) return false;
      seen.add(selection.name.value);
      const fragment = document.definitions.find(
        (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value,
      );
      return fragment?.kind === Kind.FRAGMENT_DEFINITION && isConditional(fragment.selectionSet);
    });
  if (!isConditional(operation.selectionSet)) return null;
  return new GraphQLError('the field of a subscription cannot have @skip or @include', {
    nodes: operation,
    extensions: { code: 'BAD_USER_INPUT' },
  });
}
