import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type NamedTypeNode,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'graphql';
import { type FoundList, longestInLiteral } from './limits-lists.ts';
import { fragmentsOf } from './limits-shape.ts';

/** Rows that a list has whose size nothing in the document tells. */
const ASSUMED_ROWS = 10;

export interface Cost {
  readonly complexity: number;
  /** The longest list that is written among the arguments; null when there is none. */
  readonly longest: FoundList | null;
}

/** Fields of an object, and what each row costs of the lists in it whose size the field above may tell. */
interface Fields {
  readonly once: number;
  readonly perRow: number;
}

const META_FIELDS = [SchemaMetaFieldDef, TypeMetaFieldDef];

const NOTHING: Fields = { once: 0, perRow: 0 };

/**
 * What an operation costs: 1 for a field, and a list costs what is below it once for each row. Rows of a page are its
 * `limit`; a list of what an argument lists has as many rows as the argument; other lists are taken for 10 rows.
 * The size of the schema bounds an introspection, whose lists count as one row. `variables` are coerced. It is an upper
 * bound: what `@skip` or a type leaves out is counted. Each fragment is walked once, whatever it expands to.
 */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): Cost {
  const walk: Walk = { schema, variables, fragments: fragmentsOf(document), known: new Map(), longest: null };
  const { once, perRow } = costOfSelections(walk, operation.selectionSet, schema.getRootType(operation.operation));
  return { complexity: once + ASSUMED_ROWS * perRow, longest: walk.longest };
}

interface Walk {
  readonly schema: GraphQLSchema;
  readonly variables: Record<string, unknown>;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly known: Map<string, Fields>;
  longest: FoundList | null;
}

type Parent = GraphQLNamedType | null | undefined;

function costOfSelections(walk: Walk, { selections }: SelectionSetNode, parent: Parent): Fields {
  let once = 0;
  let perRow = 0;
  for (const selection of selections) {
    let cost: Fields;
    if (selection.kind === Kind.FIELD) cost = costOfField(walk, selection, parent);
    else if (selection.kind === Kind.FRAGMENT_SPREAD) cost = costOfFragment(walk, selection.name.value);
    else cost = costOfSelections(walk, selection.selectionSet, typeOf(walk, selection.typeCondition) ?? parent);
    once += cost.once;
    perRow += cost.perRow;
  }
  return { once, perRow };
}

function costOfFragment(walk: Walk, name: string): Fields {
  const before = walk.known.get(name);
  if (before) return before;
  // One that contains itself is refused by validation; here it must only end.
  walk.known.set(name, NOTHING);
  const fragment = walk.fragments.get(name);
  const cost = fragment ? costOfSelections(walk, fragment.selectionSet, typeOf(walk, fragment.typeCondition)) : NOTHING;
  walk.known.set(name, cost);
  return cost;
}

const typeOf = ({ schema }: Walk, condition: NamedTypeNode | undefined): Parent =>
  condition && schema.getType(condition.name.value);

function costOfField(walk: Walk, node: FieldNode, parent: Parent): Fields {
  const name = node.name.value;
  const isIntrospection = name.startsWith('__') || parent?.name.startsWith('__') === true;
  const definition = definitionOf(walk, name, parent);
  if (definition === undefined) return { once: 1, perRow: 0 };
  const named = getNamedType(definition.type);
  const below =
    node.selectionSet && isCompositeType(named) ? costOfSelections(walk, node.selectionSet, named) : NOTHING;
  if (isIntrospection) return { once: 1 + below.once + below.perRow, perRow: 0 };

  const args = definition.args.length > 0 ? argumentsOf(walk, definition, node) : {};
  const rows = pageLimit(definition, args) ?? listedRows(args);
  if (!isListType(getNullableType(definition.type))) {
    return { once: 1 + below.once + (rows ?? ASSUMED_ROWS) * below.perRow, perRow: 0 };
  }
  const row = below.once + ASSUMED_ROWS * below.perRow;
  return rows === null ? { once: 1, perRow: row } : { once: 1 + rows * row, perRow: 0 };
}

function definitionOf({ schema }: Walk, name: string, parent: Parent): GraphQLField<unknown, unknown> | undefined {
  if (parent === schema.getQueryType() && name.startsWith('__')) return META_FIELDS.find((meta) => meta.name === name);
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}

function argumentsOf(walk: Walk, definition: GraphQLField<unknown, unknown>, node: FieldNode): Record<string, unknown> {
  for (const { name, value } of node.arguments ?? []) {
    const argument = definition.args.find((one) => one.name === name.value);
    const list = argument ? longestInLiteral(value, argument.type, name.value) : null;
    if (list !== null && list.length > (walk.longest?.length ?? -1)) walk.longest = list;
  }
  try {
    return getArgumentValues(definition, node, walk.variables);
  } catch {
    // Execution refuses this field with a sentence of its own.
    return {};
  }
}

/** The rows of the page that a field with an argument `page` answers, as given or by default; null without one. */
function pageLimit(definition: GraphQLField<unknown, unknown>, args: Record<string, unknown>): number | null {
  const type = definition.args.find(({ name }) => name === 'page')?.type;
  if (type === undefined || !isInputObjectType(type)) return null;
  const given = (args.page as { limit?: unknown } | null | undefined)?.limit;
  const limit = given ?? type.getFields().limit?.defaultValue;
  return typeof limit === 'number' ? Math.max(0, limit) : null;
}

function listedRows(args: Record<string, unknown>): number | null {
  const lengths = Object.values(args).flatMap((value) => (Array.isArray(value) ? [value.length] : []));
  return lengths.length === 0 ? null : Math.max(...lengths);
}
