import { badInput, type TraceEvent, whenReady } from '../src/domain.ts';
import type { RequireFields, Resolvers, SubscriptionTraceClientArgs } from './__generated__/resolvers.ts';
import type { Context } from './context.ts';
import { LiveSource } from './live-source.ts';

/** Seconds of a day. */
const LONGEST = 86_400;

/** Every packet of a client as it passes, for a bounded time. */
export function traceClient(
  _: unknown,
  args: RequireFields<SubscriptionTraceClientArgs, 'seconds'>,
  { domain }: Context,
) {
  const { clientId, seconds, node = null } = args;
  if (seconds < 1 || seconds > LONGEST) throw badInput('seconds', seconds, `from 1 to ${LONGEST}`);
  return whenReady(
    domain.trace(clientId, node),
    (flow) =>
      new LiveSource<TraceEvent>({
        kind: 'events',
        key: `trace of ${JSON.stringify([clientId, node])}`,
        lifetime: seconds * 1000,
        sizeOf,
        open: (sink) => flow.follow((event) => sink.next(event)),
      }),
  );
}

/** Bytes of a payload, and characters of all that a client may make long. */
function sizeOf(event: TraceEvent): number {
  if (event.type === 'END') return 0;
  const { topic, username, willTopic, subscriptions, payloadSize } = event;
  const topicFilters = event.topicFilters ?? subscriptions?.map(({ topicFilter }) => topicFilter) ?? [];
  const texts = [topic, username, willTopic, ...topicFilters];
  return texts.reduce((sum, text) => sum + (text?.length ?? 0), payloadSize ?? 0);
}

export const traceTypes: Pick<Resolvers, 'TraceEvent'> = {
  TraceEvent: { __resolveType: ({ type }) => (type === 'END' ? 'TracedEnd' : 'TracedPacket') },
};
