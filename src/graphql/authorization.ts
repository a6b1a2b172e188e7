import {
  type ConstDirectiveNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  Kind,
} from 'graphql';
import type { Context } from '../../resolvers/context.ts';
import { BrokerError, type Principal, type Role } from '../domain.ts';

/** What `@auth` asks of a caller; `OPEN` asks nothing. */
export type Rule = { readonly role: Role; readonly kind: Principal['kind'] | null } | 'OPEN';

const ranks: Readonly<Record<Role, number>> = { VIEWER: 0, OPERATOR: 1, ADMIN: 2 };
const kinds: Readonly<Record<string, Principal['kind']>> = { APPLICATION: 'application', USER: 'user' };

const isOperation = (schema: GraphQLSchema, type: GraphQLObjectType): boolean =>
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].includes(type);

function ruleIn(directives: readonly ConstDirectiveNode[] | undefined): Rule | null {
  if (directives?.some(({ name }) => name.value === 'open')) return 'OPEN';
  const auth = directives?.find(({ name }) => name.value === 'auth');
  if (!auth) return null;
  const words = new Map(
    auth.arguments?.map(({ name, value }) => [name.value, value.kind === Kind.ENUM ? value.value : '']),
  );
  return { role: words.get('role') as Role, kind: kinds[words.get('kind') ?? ''] ?? null };
}

/** The rule of a field: its own, or that of the type it stands in. Null where the SDL says nothing. */
export function ruleOf(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): Rule | null {
  return ruleIn(field.astNode?.directives) ?? ruleIn(type.astNode?.directives);
}

/** Whether whoever passes `outer` passes `inner` too. */
function includes(outer: Rule, inner: Rule): boolean {
  if (inner === 'OPEN' || outer === 'OPEN') return inner === 'OPEN' || outer === 'OPEN';
  return ranks[outer.role] >= ranks[inner.role] && (inner.kind === null || inner.kind === outer.kind);
}

/**
 * Makes sure that the SDL says for every field who may see it, and that nobody reaches a type by a field that asks for
 * less than the type. Then only root fields have to ask. Throws an Error that names the first field at fault.
 */
export function checkRules(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const rule = ruleOf(type, field);
      if (!rule) throw new Error(`${type.name}.${field.name} has no @auth(role:)`);
      const target = getNamedType(field.type);
      const inner = isObjectType(target) && !isOperation(schema, target) ? ruleIn(target.astNode?.directives) : null;
      if (inner && !includes(rule, inner)) {
        throw new Error(`${type.name}.${field.name} leads to ${target.name}, which asks for more`);
      }
    }
  }
}

const notForApplications = (fieldName: string): BrokerError =>
  new BrokerError('FORBIDDEN', `${fieldName} is for dashboard users only, not for an application`);

/** Refuses a caller who may not. */
export function authorize(rule: Rule, { caller: { principal } }: Context, fieldName: string): void {
  if (rule === 'OPEN') {
    // Open is the port of the dashboard alone, where no application is anybody.
    if (principal?.kind === 'application') throw notForApplications(fieldName);
    return;
  }
  if (!principal) throw new BrokerError('UNAUTHENTICATED', 'credentials are missing or wrong');
  if (rule.kind !== null && rule.kind !== principal.kind) {
    throw notForApplications(fieldName);
  }
  if (ranks[principal.role] < ranks[rule.role]) {
    throw new BrokerError(
      'FORBIDDEN',
      `${fieldName} needs the role ${rule.role}; '${principal.name}' has the role ${principal.role}`,
    );
  }
}
