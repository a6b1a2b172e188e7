import { BrokerError, type SubscriptionFilter, type SubscriptionRequest, whenReady } from '../src/domain.ts';
import type {
  MqttSubscriptionResolvers,
  MutationResolvers,
  QueryResolvers,
  SubscribeInput,
} from './__generated__/resolvers.ts';
import { fault } from './fault.ts';
import { atMost, listQuery } from './page.ts';

type Mutation = 'subscribe' | 'unsubscribe' | 'subscribeMany' | 'unsubscribeMany';

export const subscriptionQueries: Pick<QueryResolvers, 'subscriptions' | 'subscriptionsByClientId'> = {
  subscriptions: (_, args, context) => context.domain.subscriptions(listQuery<SubscriptionFilter>(args, context)),
  subscriptionsByClientId: (_, { clientId, node }, { domain }) => domain.subscriptionsOf(clientId, node ?? null),
};

const requests = ({ topicFilters }: SubscribeInput): readonly SubscriptionRequest[] =>
  topicFilters.map(({ topicFilter, qos }) => ({ topicFilter, qos: qos ?? 0 }));

export const subscriptionMutations: Pick<MutationResolvers, Mutation> = {
  subscribe: (_, { input }, context) => {
    atMost('topicFilters', input.topicFilters, context);
    return whenReady(context.domain.subscribe(input.clientId, requests(input)), (subscriptions) => ({ subscriptions }));
  },
  unsubscribe: (_, { input: { clientId, topicFilters } }, context) =>
    whenReady(context.domain.unsubscribe(clientId, atMost('topicFilters', topicFilters, context)), () => ({
      clientId,
    })),
  subscribeMany: (_, { input }, context) => {
    const asked = atMost('requests', input.requests, context).map((request) => ({
      clientId: request.clientId,
      subscriptions: requests(request),
    }));
    return whenReady(context.domain.subscribeMany(asked), (granted) => ({
      results: granted.map((made, i) =>
        made instanceof BrokerError
          ? { clientId: asked[i]!.clientId, subscriptions: [], fault: fault(made) }
          : { clientId: asked[i]!.clientId, subscriptions: made, fault: null },
      ),
    }));
  },
  unsubscribeMany: (_, { input }, context) => {
    const asked = atMost('requests', input.requests, context);
    return whenReady(context.domain.unsubscribeMany(asked), (faults) => ({
      results: faults.map((refusal, i) => ({ clientId: asked[i]!.clientId, fault: refusal && fault(refusal) })),
    }));
  },
};

export const MqttSubscription: Required<Pick<MqttSubscriptionResolvers, 'session' | 'connection'>> = {
  session: ({ clientId, nodeName }, _, { domain }) => domain.session(clientId, nodeName),
  connection: ({ clientId, nodeName }, _, { domain }) => domain.connection(clientId, nodeName),
};
