import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLCompositeType,
  GraphQLField,
  GraphQLObjectType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import {
  getNamedType,
  isCompositeType,
  isObjectType,
  isUnionType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  typeFromAST,
} from 'graphql';

/** One key of an object in the response, with everything that the document asks under it. */
export interface SelectedField {
  readonly responseKey: string;
  readonly definition: GraphQLField<unknown, unknown>;
  /** The places in the document that ask for it; fragments may repeat a field. */
  readonly nodes: readonly FieldNode[];
  /** What is asked of the object behind it, list or not; null for a leaf. */
  readonly selection: Selection | null;
}

/** What is asked of an object, its fragments flattened. */
export interface Selection {
  /** The type of the object; several, or an abstract one, where only the value tells. */
  readonly types: readonly GraphQLCompositeType[];
  /** In the order of the response. */
  readonly fields: readonly SelectedField[];
}

/** The single operation of a document, read against a schema. */
export interface SelectedOperation {
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly rootType: GraphQLObjectType;
  readonly selection: Selection;
}

interface Scope {
  readonly type: GraphQLCompositeType;
  readonly selectionSet: SelectionSetNode;
}

interface Gathered {
  readonly definition: GraphQLField<unknown, unknown>;
  readonly nodes: FieldNode[];
  readonly scopes: Scope[];
}

/**
 * Reads the single operation of a document that is valid for the schema. Directives are not looked
 * at: a skipped field is among the selected ones. Throws an Error when the document has no
 * operation, several, or a subscription.
 */
export function selectOperation(schema: GraphQLSchema, document: DocumentNode): SelectedOperation {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const operation = operations[0];
  if (operation === undefined || operations.length > 1)
    throw new Error(`a document must have one operation, not ${operations.length}`);
  if (operation.operation === 'subscription')
    throw new Error(`operation '${operation.name?.value ?? ''}' is a subscription; a query or a mutation is expected`);
  const rootType = schema.getRootType(operation.operation);
  if (rootType == null) throw new Error(`the schema has no type for a ${operation.operation}`);

  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;

  const scopes = [{ type: rootType, selectionSet: operation.selectionSet }];
  return { operation, fragments, rootType, selection: select(schema, fragments, scopes) };
}

function select(
  schema: GraphQLSchema,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
  scopes: readonly Scope[],
): Selection {
  const gathered = new Map<string, Gathered>();
  for (const scope of scopes) gather(schema, fragments, scope, gathered);
  const fields = [...gathered].map(([responseKey, { definition, nodes, scopes: inner }]) => ({
    responseKey,
    definition,
    nodes,
    selection: inner.length === 0 ? null : select(schema, fragments, inner),
  }));
  return { types: [...new Set(scopes.map((scope) => scope.type))], fields };
}

function gather(
  schema: GraphQLSchema,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
  { type, selectionSet }: Scope,
  gathered: Map<string, Gathered>,
): void {
  for (const node of selectionSet.selections) {
    if (node.kind === Kind.FIELD) {
      const definition = fieldOf(schema, type, node.name.value);
      if (definition === undefined) throw new Error(`${type.name} has no field '${node.name.value}'`);
      const responseKey = node.alias?.value ?? node.name.value;
      const field = gathered.get(responseKey) ?? { definition, nodes: [], scopes: [] };
      gathered.set(responseKey, field);
      field.nodes.push(node);
      const named = getNamedType(definition.type);
      if (node.selectionSet !== undefined && isCompositeType(named))
        field.scopes.push({ type: named, selectionSet: node.selectionSet });
      continue;
    }
    const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : fragments[node.name.value];
    if (fragment === undefined) throw new Error('a fragment is spread that the document does not define');
    const inner = narrow(schema, type, fragment.typeCondition);
    if (inner !== null) gather(schema, fragments, { type: inner, selectionSet: fragment.selectionSet }, gathered);
  }
}

function fieldOf(
  schema: GraphQLSchema,
  type: GraphQLCompositeType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  if (isUnionType(type)) return undefined;
  const meta = [SchemaMetaFieldDef, TypeMetaFieldDef].find((field) => field.name === name);
  return meta !== undefined && type === schema.getQueryType() ? meta : type.getFields()[name];
}

/** The type of an object inside a fragment; null where an object of `type` never matches the condition. */
function narrow(
  schema: GraphQLSchema,
  type: GraphQLCompositeType,
  condition: FragmentDefinitionNode['typeCondition'] | undefined,
): GraphQLCompositeType | null {
  if (condition === undefined) return type;
  const wanted = typeFromAST(schema, condition);
  if (!isCompositeType(wanted)) throw new Error(`a fragment cannot be on '${condition.name.value}'`);
  if (!isObjectType(type)) return wanted;
  // The object's own type is the narrowest: a fragment on one of its interfaces must not widen it.
  return wanted === type || (!isObjectType(wanted) && schema.isSubType(wanted, type)) ? type : null;
}
