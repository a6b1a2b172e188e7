import type { GraphQLAnswer, TestGateway } from '../../support/gateway.ts';
import { unchanged } from './state.ts';

/** A document for each mutation that takes one input. */
const MUTATIONS: Record<string, string> = {
  publish: 'mutation ($input: PublishInput!) { publish(input: $input) { topic } }',
  publishMany:
    'mutation ($input: PublishManyInput!) { publishMany(input: $input) { results { topic fault { code message } } } }',
  subscribe: 'mutation ($input: SubscribeInput!) { subscribe(input: $input) { subscriptions { topicFilter qos } } }',
  subscribeMany:
    'mutation ($input: SubscribeManyInput!) { subscribeMany(input: $input) { results { clientId fault { code message } } } }',
  unsubscribe: 'mutation ($input: UnsubscribeInput!) { unsubscribe(input: $input) { clientId } }',
  unsubscribeMany:
    'mutation ($input: UnsubscribeManyInput!) { unsubscribeMany(input: $input) { results { clientId fault { code message } } } }',
  kickConnection: 'mutation ($input: KickConnectionInput!) { kickConnection(input: $input) { clientId } }',
  kickConnections:
    'mutation ($input: KickConnectionsInput!) { kickConnections(input: $input) { kickedCount faults { clientId fault { code message } } } }',
  cleanSession: 'mutation ($input: CleanSessionInput!) { cleanSession(input: $input) { clientId } }',
  cleanAclCache: 'mutation ($input: CleanAclCacheInput!) { cleanAclCache(input: $input) { clientId } }',
};

/** Runs a mutation and asserts that it changed nothing. */
export const refusedMutation = (gateway: TestGateway, name: string, input: unknown): Promise<GraphQLAnswer<unknown>> =>
  unchanged(gateway, () => gateway.graphql<unknown>(MUTATIONS[name] ?? '', { input }));

export const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

/** A subscription of the client that every test of refusals has connected. */
export const watch = (topicFilter: string, qos = 0) => ({ clientId: 'watcher', topicFilters: [{ topicFilter, qos }] });
