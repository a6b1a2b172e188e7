import { BrokerError, type PublishedMessage, whenReady } from '../src/domain.ts';
import type { SubscriptionMessagesArgs } from './__generated__/resolvers.ts';
import { principalOf } from './access.ts';
import type { Context } from './context.ts';
import { LiveSource } from './live-source.ts';

/** Retained messages that may come first. */
const MOST_RETAINED = 1000;

/** Messages of a topic filter, for a caller who stands for an MQTT client of its name. */
export function messages(_: unknown, { topicFilter, node, retained }: SubscriptionMessagesArgs, context: Context) {
  const { name, role } = principalOf(context);
  if (topicFilter.startsWith('$SYS/') && role === 'VIEWER') {
    throw new BrokerError('FORBIDDEN', `messages of $SYS/ need the role OPERATOR; '${name}' has the role ${role}`);
  }
  const { domain, caller } = context;
  const client = { clientId: `graphql:${name}`, username: name, ipAddress: caller.address };
  return whenReady(domain.messages(client, topicFilter, node ?? null), (flow) => {
    // Refused here, where it is told like any other refusal.
    if (retained) flow.retained(MOST_RETAINED);
    return new LiveSource<PublishedMessage>({
      kind: 'events',
      key: `messages of ${topicFilter} on ${node ?? ''}`,
      ...(retained ? { begin: () => flow.retained(MOST_RETAINED) } : {}),
      sizeOf: ({ payloadSize }) => payloadSize,
      open: (sink) => flow.follow((message) => sink.next(message)),
    });
  });
}
