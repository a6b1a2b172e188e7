import type { SubscriptionResolvers } from './__generated__/resolvers.ts';
import { changes } from './changes.ts';

/** The source answers the value itself, not an object with a field of the subscription's name. */
const itself = <Value>(value: Value): Value => value;

export const Subscription: SubscriptionResolvers = {
  stats: {
    subscribe: (_, { node, intervalMs }, { domain }) => changes(() => domain.stats(node ?? null), intervalMs),
    resolve: itself,
  },
  metrics: {
    subscribe: (_, { node, intervalMs }, { domain }) => changes(() => domain.metrics(node ?? null), intervalMs),
    resolve: itself,
  },
};
