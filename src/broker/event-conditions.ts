import type { EventFilter, EventFilters, EventKinds } from '../domain.ts';

/** For each kind of events, which of them a filter lets through. */
export type EventConditions = {
  readonly [K in keyof EventKinds]: (filter: EventFilters[K]) => (event: EventKinds[K]) => boolean;
};

/** Whether a restriction, which may be absent, lets a value through. */
const isSame = <T>(wanted: T | null | undefined, value: T): boolean => wanted == null || value === wanted;
const isBegun = (wanted: string | null | undefined, value: string): boolean =>
  wanted == null || value.startsWith(wanted);

/** What of a client's event a filter may ask for; events that are about no subscription have no topic filter. */
interface ClientEvent {
  readonly clientId: string;
  readonly username: string | null;
  readonly ipAddress: string | null;
  readonly topicFilter?: string;
}

const ofClient =
  ({ clientId, clientIdPrefix, username, ipAddress, topicFilter }: EventFilter) =>
  (event: ClientEvent): boolean =>
    isSame(clientId, event.clientId) &&
    isBegun(clientIdPrefix, event.clientId) &&
    isSame(username, event.username) &&
    isSame(ipAddress, event.ipAddress) &&
    isSame(topicFilter, event.topicFilter);

export const conditions: EventConditions = {
  connection: ofClient,
  session: ofClient,
  subscription: ofClient,
  alarm:
    ({ id, idPrefix, severity }) =>
    ({ alarm }) =>
      isSame(id, alarm.id) && isBegun(idPrefix, alarm.id) && isSame(severity, alarm.severity),
  ban:
    ({ as, who, whoPrefix, by }) =>
    ({ ban }) =>
      isSame(as, ban.as) && isSame(who, ban.who) && isBegun(whoPrefix, ban.who) && isSame(by, ban.by),
  plugin:
    ({ name }) =>
    ({ plugin }) =>
      isSame(name, plugin.name),
  config:
    ({ app, key }) =>
    (event) =>
      isSame(app, event.app) && isSame(key, event.key),
  listener:
    ({ protocol, listenOn }) =>
    (event) =>
      isSame(protocol, event.protocol) && isSame(listenOn, event.listenOn),
  audit:
    ({ who, what }) =>
    ({ entry }) =>
      isSame(who, entry.who) && isSame(what, entry.what),
};
