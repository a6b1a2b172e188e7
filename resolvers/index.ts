import type { MutationResolvers, QueryResolvers, Resolvers } from './__generated__/resolvers.ts';
import { accessMutations, accessQueries } from './access.ts';
import { alarmMutations, alarmQueries } from './alarms.ts';
import { banMutations, banQueries } from './bans.ts';
import { configMutations, configQueries } from './configs.ts';
import { connectionMutations, connectionQueries, MqttConnection } from './connections.ts';
import { credentialMutations, credentialQueries } from './credentials.ts';
import { DelayedMessage, delayedMutations, delayedQueries } from './delayed.ts';
import { eventTypes } from './events.ts';
import { Subscription } from './live.ts';
import { messageMutations } from './messages.ts';
import { Broker, BrokerNode, nodeQueries } from './nodes.ts';
import { pageUpdateTypes } from './page-updates.ts';
import { pluginMutations, pluginQueries } from './plugins.ts';
import { refusalQueries } from './refusals.ts';
import { clearingMutations, MessagePayload, RetainedMessage, retainedQueries } from './retained.ts';
import { Route, routeQueries } from './routes.ts';
import { scalars } from './scalars.ts';
import { MqttSession, sessionMutations, sessionQueries } from './sessions.ts';
import { MqttSubscription, subscriptionMutations, subscriptionQueries } from './subscriptions.ts';
import { traceTypes } from './trace.ts';

const Query: QueryResolvers = {
  ...nodeQueries,
  ...connectionQueries,
  ...sessionQueries,
  ...subscriptionQueries,
  ...routeQueries,
  ...retainedQueries,
  ...delayedQueries,
  ...refusalQueries,
  ...credentialQueries,
  ...alarmQueries,
  ...banQueries,
  ...configQueries,
  ...pluginQueries,
  ...accessQueries,
  restEndpoints: (_, { release }, { domain, caller }) =>
    domain.restEndpoints(release ?? null, caller.principal?.kind ?? 'application'),
};

const Mutation: MutationResolvers = {
  ...connectionMutations,
  ...sessionMutations,
  ...subscriptionMutations,
  ...messageMutations,
  ...clearingMutations,
  ...delayedMutations,
  ...credentialMutations,
  ...alarmMutations,
  ...banMutations,
  ...configMutations,
  ...pluginMutations,
  ...accessMutations,
};

/** All resolvers; a root field without one is a compile error. What is not here is a property of its row. */
export const resolvers = {
  ...scalars,
  ...eventTypes,
  ...pageUpdateTypes,
  ...traceTypes,
  Query,
  Mutation,
  Subscription,
  Broker,
  BrokerNode,
  MqttConnection,
  MqttSession,
  MqttSubscription,
  Route,
  RetainedMessage,
  DelayedMessage,
  MessagePayload,
} satisfies Partial<Resolvers>;
