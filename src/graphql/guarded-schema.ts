import { defaultFieldResolver, type GraphQLFieldResolver, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import type { Context } from '../../resolvers/context.ts';
import { BrokerError, isPromise } from '../domain.ts';
import { authorize, checkRules, type Rule, ruleOf } from './authorization.ts';

type Resolve = GraphQLFieldResolver<unknown, Context, Record<string, unknown>>;

/** Asks a question and changes nothing, though it is a mutation so that no URL carries a password. */
const UNAUDITED = new Set(['verifyPassword']);

/**
 * Puts the rules of the SDL before every root field, and notes every mutation in the audit log. The schema is changed
 * in place. Throws an Error when the SDL leaves a field without a rule.
 */
export function guardSchema(schema: GraphQLSchema): GraphQLSchema {
  checkRules(schema);
  guard(schema.getQueryType(), (resolve) => resolve);
  guard(schema.getMutationType(), audited);
  guard(schema.getSubscriptionType(), (resolve) => resolve);
  return schema;
}

function guard(
  type: GraphQLObjectType | null | undefined,
  around: (resolve: Resolve, fieldName: string) => Resolve,
): void {
  for (const field of Object.values(type?.getFields() ?? {})) {
    const rule = ruleOf(type as GraphQLObjectType, field) as Rule;
    const name = field.name;
    const permitted =
      (resolve: Resolve): Resolve =>
      (source, args, context, info) => {
        authorize(rule, context, name);
        return resolve(source, args, context, info);
      };
    if (field.subscribe) field.subscribe = permitted(field.subscribe as Resolve);
    else field.resolve = around(permitted((field.resolve ?? defaultFieldResolver) as Resolve), name);
  }
}

/** Notes what a mutation did, or why it was refused. */
function audited(resolve: Resolve, fieldName: string): Resolve {
  if (UNAUDITED.has(fieldName)) return resolve;
  return (source, args, context, info) => {
    const note = (error: unknown): void => noteMutation(context, fieldName, args, error);
    const done = <T>(value: T): T => {
      note(refusalOf(value));
      return value;
    };
    const fail = (error: unknown): never => {
      note(error);
      throw error;
    };
    try {
      const result = resolve(source, args, context, info);
      return isPromise(result) ? result.then(done, fail) : done(result);
    } catch (error) {
      return fail(error);
    }
  };
}

/**
 * Why a mutation with a result for each of its items did nothing: the fault of the first. Null when one item was taken,
 * and of any other answer.
 */
function refusalOf(answer: unknown): BrokerError | null {
  const { results } = (answer ?? {}) as { readonly results?: unknown };
  if (!Array.isArray(results)) return null;
  const items: readonly { readonly fault?: Pick<BrokerError, 'code' | 'message'> | null }[] = results;
  const first = items[0]?.fault;
  if (!first || !items.every(({ fault }) => fault)) return null;
  const { code, message } = first;
  return new BrokerError(
    code,
    results.length === 1 ? message : `none of ${results.length} was taken; the first: ${message}`,
  );
}

function noteMutation({ access, caller }: Context, what: string, args: Record<string, unknown>, error: unknown): void {
  const { principal, address, via } = caller;
  // A stranger's failures are counted where logins are; here they could push out what others did.
  if (!principal && error !== null) return;
  const input = (args.input ?? {}) as Record<string, unknown>;
  access.audit.add({
    who: principal?.name ?? text(input.name),
    kind: principal?.kind ?? 'user',
    role: principal?.role ?? null,
    from: address,
    via,
    what,
    target: targetOf(input),
    result: error === null ? 'OK' : error instanceof BrokerError ? error.code : 'INTERNAL',
    message: error instanceof BrokerError ? sentenceOf(error) : null,
  });
}

/** The sentence of a refusal; one that shows a payload is replaced. */
const sentenceOf = ({ message, details }: BrokerError): string =>
  details.argument === 'payload' ? 'the payload was refused' : message;

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** What a mutation is about, in a few words: never a payload or a secret. */
function targetOf(input: Record<string, unknown>): string | null {
  const { clientId, id, ids, name, topic, topics, topicFilter, messages, requests, target, app, key } = input;
  const { who, bans, filter } = input;
  if (Array.isArray(ids)) return ids.length === 1 ? text(ids[0]) : `${ids.length} ids`;
  if (Array.isArray(topics)) return topics.length === 1 ? text(topics[0]) : `${topics.length} topics`;
  if (Array.isArray(messages)) return many(messages, 'messages', 'topic');
  if (Array.isArray(requests)) return many(requests, 'requests', 'clientId');
  if (Array.isArray(bans)) return many(bans, 'bans', 'who');
  if (typeof filter === 'object' && filter !== null) return JSON.stringify(filter);
  if (typeof target === 'object' && target !== null) return JSON.stringify(target);
  if (typeof app === 'string') return typeof key === 'string' ? `${app} ${key}` : app;
  return text(topic) ?? text(topicFilter) ?? text(clientId) ?? text(id) ?? text(name) ?? text(who);
}

const many = (items: readonly unknown[], noun: string, key: string): string | null =>
  items.length === 1 ? text((items[0] as Record<string, unknown>)[key]) : `${items.length} ${noun}`;
