import { type EventKinds, whenReady } from '../src/domain.ts';
import type { Resolvers, SubscriptionConnectionEventsArgs, SubscriptionResolvers } from './__generated__/resolvers.ts';
import type { Context } from './context.ts';
import { LiveSource, live } from './live-source.ts';

/** The events of a kind that a filter lets through: those behind a cursor first, when there is one. */
const events = <Kind extends keyof EventKinds>(kind: Kind) =>
  live((_: unknown, { filter, after, node }: SubscriptionConnectionEventsArgs, { domain }: Context) =>
    whenReady(domain.events(kind, filter ?? {}, node ?? null), (flow) => {
      // Refused here, where it is told like any other refusal.
      if (after != null) flow.since(after);
      return new LiveSource<EventKinds[Kind]>({
        kind: 'events',
        ...(after == null ? {} : { begin: () => flow.since(after) }),
        open: (sink) => flow.follow((event) => sink.next(event)),
      });
    }),
  );

export const eventSubscriptions: Pick<
  SubscriptionResolvers,
  'connectionEvents' | 'sessionEvents' | 'subscriptionEvents'
> = {
  connectionEvents: events('connection'),
  sessionEvents: events('session'),
  subscriptionEvents: events('subscription'),
};

const connectionEvents = {
  CONNECTED: 'ClientConnected',
  DISCONNECTED: 'ClientDisconnected',
  KICKED: 'ClientKicked',
  TAKEN_OVER: 'ClientTakenOver',
  REFUSED: 'ClientRefused',
} as const;

const sessionEvents = { CREATED: 'SessionCreated', EXPIRED: 'SessionExpired', ENDED: 'SessionEnded' } as const;

const subscriptionEvents = { SUBSCRIBED: 'ClientSubscribed', UNSUBSCRIBED: 'ClientUnsubscribed' } as const;

export const eventTypes: Pick<Resolvers, 'ConnectionEvent' | 'SessionEvent' | 'SubscriptionEvent'> = {
  ConnectionEvent: { __resolveType: ({ type }) => connectionEvents[type] },
  SessionEvent: { __resolveType: ({ type }) => sessionEvents[type] },
  SubscriptionEvent: { __resolveType: ({ type }) => subscriptionEvents[type] },
};
