import type { EventFilters, EventKinds } from '../domain.ts';
import { conditions } from './event-conditions.ts';
import { EventLog, type EventLogOptions } from './event-log.ts';
import type { BrokerEvents } from './events.ts';
import type { LiveConnection } from './live-connection.ts';
import type { LiveSession } from './live-session.ts';

/** The events of a node, by kind. */
export type EventHub = { readonly [K in keyof EventKinds]: EventLog<EventKinds[K], EventFilters[K]> };

/** Makes the logs of a node, of which a broker fills those of its clients; whoever has other events adds them. */
export function createEventHub(options: EventLogOptions, broker: BrokerEvents): EventHub {
  const hub: EventHub = {
    connection: new EventLog(options, conditions.connection),
    session: new EventLog(options, conditions.session),
    subscription: new EventLog(options, conditions.subscription),
    alarm: new EventLog(options, conditions.alarm),
    ban: new EventLog(options, conditions.ban),
    plugin: new EventLog(options, conditions.plugin),
    config: new EventLog(options, conditions.config),
    listener: new EventLog(options, conditions.listener),
    audit: new EventLog(options, conditions.audit),
  };
  recordConnections(hub.connection, broker);
  recordSessions(hub.session, broker);
  recordSubscriptions(hub.subscription, broker);
  return hub;
}

const clientOf = ({ clientId, username, ipAddress, port }: LiveConnection) => ({ clientId, username, ipAddress, port });

/** The address is that of its connection, while there is one. */
const ownerOf = ({ clientId, username, connection }: LiveSession) => ({
  clientId,
  username,
  ipAddress: connection?.ipAddress ?? null,
});

function recordConnections(log: EventHub['connection'], { connected, disconnected, refused }: BrokerEvents): void {
  connected.listen((connection) => {
    const { protocolVersion, cleanSession, keepalive, transport } = connection;
    log.add({ type: 'CONNECTED', ...clientOf(connection), protocolVersion, cleanSession, keepalive, transport });
  });
  disconnected.listen((connection, reason) => {
    if (reason === 'kicked') log.add({ type: 'KICKED', ...clientOf(connection) });
    else if (reason === 'discarded') log.add({ type: 'TAKEN_OVER', ...clientOf(connection) });
    else log.add({ type: 'DISCONNECTED', ...clientOf(connection), reason });
  });
  refused.listen((refusal) => log.add({ type: 'REFUSED', ...refusal }));
}

function recordSessions(log: EventHub['session'], { sessionCreated, sessionEnded }: BrokerEvents): void {
  sessionCreated.listen((session) => {
    log.add({ type: 'CREATED', ...ownerOf(session), cleanSession: session.cleanSession });
  });
  sessionEnded.listen((session, end) => {
    const owner = { ...ownerOf(session), cleanSession: session.cleanSession };
    if (end === 'EXPIRED') log.add({ type: 'EXPIRED', ...owner });
    else log.add({ type: 'ENDED', ...owner, reason: end });
  });
}

function recordSubscriptions(log: EventHub['subscription'], { subscribed, unsubscribed }: BrokerEvents): void {
  subscribed.listen((session, { topicFilter, qos }) => {
    log.add({ type: 'SUBSCRIBED', ...ownerOf(session), topicFilter, qos });
  });
  unsubscribed.listen((session, topicFilter) => log.add({ type: 'UNSUBSCRIBED', ...ownerOf(session), topicFilter }));
}
