import { type EventFilters, type EventKinds, whenReady } from '../src/domain.ts';
import type { Resolvers, SubscriptionResolvers } from './__generated__/resolvers.ts';
import { auditEntry } from './access.ts';
import type { Context } from './context.ts';
import { LiveSource, live } from './live-source.ts';

interface EventArguments<Filter> {
  readonly filter?: Filter | null;
  readonly after?: string | null;
  readonly node?: string | null;
}

/** The events of a kind that a filter lets through: those behind a cursor first, when there is one. */
const events = <Kind extends keyof EventKinds>(kind: Kind) =>
  live((_: unknown, { filter, after, node }: EventArguments<EventFilters[Kind]>, { domain }: Context) =>
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

type Field = `${keyof EventKinds}Events`;

export const eventSubscriptions: Pick<SubscriptionResolvers, Field> = {
  connectionEvents: events('connection'),
  sessionEvents: events('session'),
  subscriptionEvents: events('subscription'),
  alarmEvents: events('alarm'),
  banEvents: events('ban'),
  pluginEvents: events('plugin'),
  configEvents: events('config'),
  listenerEvents: events('listener'),
  auditEvents: events('audit'),
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

const alarmEvents = { RAISED: 'AlarmRaised', CLEARED: 'AlarmCleared' } as const;

const banEvents = { CREATED: 'BanCreated', ENDED: 'BanEnded' } as const;

const listenerEvents = {
  STARTED: 'ListenerStarted',
  STOPPED: 'ListenerStopped',
  FAILED: 'ListenerFailed',
} as const;

type Interface = 'ConnectionEvent' | 'SessionEvent' | 'SubscriptionEvent' | 'AlarmEvent' | 'BanEvent' | 'ListenerEvent';

export const eventTypes: Pick<Resolvers, Interface> & Pick<Resolvers, 'AuditEvent'> = {
  ConnectionEvent: { __resolveType: ({ type }) => connectionEvents[type] },
  SessionEvent: { __resolveType: ({ type }) => sessionEvents[type] },
  SubscriptionEvent: { __resolveType: ({ type }) => subscriptionEvents[type] },
  AlarmEvent: { __resolveType: ({ type }) => alarmEvents[type] },
  BanEvent: { __resolveType: ({ type }) => banEvents[type] },
  ListenerEvent: { __resolveType: ({ type }) => listenerEvents[type] },
  AuditEvent: { entry: ({ entry }) => auditEntry(entry) },
};
