import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** What a document from outside may ask for; 0 is no limit. */
export interface DocumentLimits {
  /** Words and signs of the document. */
  readonly tokens: number;
  /** Fields inside fields, the root's as 1. What is asked of `__schema` and `__type` has an allowance of its own. */
  readonly depth: number;
  /** Fields with an alias, and fields that stand in one selection twice. */
  readonly aliases: number;
  /** Fields of the answer, by the sizes of its lists. */
  readonly complexity: number;
  /** Items of one list among the arguments or variables. */
  readonly listSize: number;
}

/** The introspection query of GraphiQL has 14 fields inside `__schema`. */
const INTROSPECTION_DEPTH = 20;

/** A document that is refused for its size; `sentence` has the figure and the limit. */
export const tooComplex = (sentence: string): GraphQLError =>
  new GraphQLError(sentence, { extensions: { code: 'QUERY_TOO_COMPLEX' } });

export const tooManyTokens = (limit: number): GraphQLError =>
  tooComplex(`the query has more than ${limit} tokens, which is the limit`);

export const isAbove = (figure: number, limit: number): boolean => limit > 0 && figure > limit;

/**
 * Answers why a document is refused by its mere shape, tokens, depth and aliases; null when it is not. Needs no schema, so that
 * it can come before validation, which is slow where a field is repeated or deep. Takes time in proportion to the
 * document, whatever its fragments expand to.
 */
export function checkShape(document: DocumentNode, limits: DocumentLimits): GraphQLError | null {
  // One that was parsed before may have been below another limit.
  if (isAbove(document.tokenCount ?? 0, limits.tokens)) return tooManyTokens(limits.tokens);
  const aliases = document.definitions.reduce(
    (sum, definition) => sum + ('selectionSet' in definition ? countAliases(definition.selectionSet) : 0),
    0,
  );
  if (isAbove(aliases, limits.aliases)) {
    return tooComplex(`the query has ${aliases} aliases and repeated fields; the limit is ${limits.aliases}`);
  }
  const depths = createDepths(document);
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const { depth, introspection } = depths(definition);
    if (isAbove(depth, limits.depth)) return tooComplex(`the query has depth ${depth}; the limit is ${limits.depth}`);
    if (isAbove(introspection, limits.depth === 0 ? 0 : INTROSPECTION_DEPTH)) {
      return tooComplex(`the introspection has depth ${introspection}; the limit is ${INTROSPECTION_DEPTH}`);
    }
  }
  return null;
}

function countAliases({ selections }: SelectionSetNode): number {
  const seen = new Set<string>();
  let count = 0;
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      const key = (selection.alias ?? selection.name).value;
      if (selection.alias !== undefined || seen.has(key)) count++;
      seen.add(key);
    }
    if ('selectionSet' in selection && selection.selectionSet) count += countAliases(selection.selectionSet);
  }
  return count;
}

interface Depth {
  readonly depth: number;
  /** Below `__schema` or `__type`. */
  readonly introspection: number;
}

const NONE: Depth = { depth: 0, introspection: 0 };
const deeper = (a: Depth, b: Depth): Depth => ({
  depth: Math.max(a.depth, b.depth),
  introspection: Math.max(a.introspection, b.introspection),
});

/** Measures operations of a document; each fragment is measured once. */
function createDepths(document: DocumentNode): (operation: OperationDefinitionNode) => Depth {
  const fragments = fragmentsOf(document);
  const known = new Map<string, Depth>();

  const ofFragment = (name: string): Depth => {
    const before = known.get(name);
    if (before) return before;
    // One that contains itself is refused by validation; here it must only end.
    known.set(name, NONE);
    const fragment = fragments.get(name);
    const depth = fragment ? ofSelections(fragment.selectionSet) : NONE;
    known.set(name, depth);
    return depth;
  };

  const ofSelections = ({ selections }: SelectionSetNode): Depth => {
    let deepest = NONE;
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) deepest = deeper(deepest, ofFragment(selection.name.value));
      else if (selection.kind === Kind.INLINE_FRAGMENT) deepest = deeper(deepest, ofSelections(selection.selectionSet));
      else {
        const { depth, introspection } = selection.selectionSet ? ofSelections(selection.selectionSet) : NONE;
        const isMeta = selection.name.value === '__schema' || selection.name.value === '__type';
        deepest = deeper(deepest, isMeta ? { depth: 1, introspection: depth } : { depth: depth + 1, introspection });
      }
    }
    return deepest;
  };

  return ({ selectionSet }) => ofSelections(selectionSet);
}

/** The fragments of a document by name. */
export function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
}
