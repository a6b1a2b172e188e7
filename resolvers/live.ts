import type { SubscriptionResolvers } from './__generated__/resolvers.ts';
import { eventSubscriptions } from './events.ts';
import { messages } from './live-messages.ts';
import { live } from './live-source.ts';
import { pageSubscriptions } from './page-updates.ts';
import { withRates } from './rates.ts';
import { sampled } from './sampled.ts';
import { traceClient } from './trace.ts';

const ofNode = (what: string, node: string | null | undefined): string => `${what} of ${node ?? ''}`;

export const Subscription: SubscriptionResolvers = {
  ...eventSubscriptions,
  ...pageSubscriptions,
  stats: live((_, { node, intervalMs }, { domain }) =>
    sampled(ofNode('stats', node), intervalMs, () => () => domain.stats(node ?? null)),
  ),
  metrics: live((_, { node, intervalMs }, { domain }) =>
    sampled(ofNode('metrics', node), intervalMs, () => withRates(() => domain.metrics(node ?? null))),
  ),
  nodes: live((_, { intervalMs }, { domain }) => sampled('nodes', intervalMs, () => () => domain.nodes())),
  messages: live(messages),
  traceClient: live(traceClient),
};
