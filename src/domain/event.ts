import type { AuditEntry } from '../access/audit-entry.ts';
import type { Qos, RefusalKind, RefusedAction, Transport } from '../domain.ts';
import type { Alarm, AlarmSeverity } from './alarm.ts';
import type { Ban, BanKind } from './ban.ts';
import type { ConfigSource } from './config.ts';
import type { Plugin } from './plugin.ts';
import type { Restriction } from './restriction.ts';

/** What every event has. */
export interface RecordedEvent {
  /** Where one can go on: behind this event. */
  readonly cursor: string;
  readonly nodeName: string;
  readonly at: number;
}

/** Whom an event is about. */
interface ClientEvent extends RecordedEvent {
  readonly clientId: string;
  readonly username: string | null;
}

interface PeerEvent extends ClientEvent {
  readonly ipAddress: string;
  readonly port: number;
}

interface SessionOfClientEvent extends ClientEvent {
  /** Of its connection; null while there is none. */
  readonly ipAddress: string | null;
}

/** What happened to a connection, or to a client that was not let in or not allowed something. */
export type ConnectionEvent =
  | (PeerEvent & {
      readonly type: 'CONNECTED';
      readonly protocolVersion: number;
      readonly cleanSession: boolean;
      readonly keepalive: number;
      readonly transport: Transport;
    })
  /** `reason` as listeners count it: `closed`, `tcp_closed`, `keepalive_timeout` … */
  | (PeerEvent & { readonly type: 'DISCONNECTED'; readonly reason: string })
  | (PeerEvent & { readonly type: 'KICKED' })
  | (PeerEvent & { readonly type: 'TAKEN_OVER' })
  | (PeerEvent & {
      readonly type: 'REFUSED';
      readonly kind: RefusalKind;
      readonly action: RefusedAction;
      readonly topic: string | null;
      readonly message: string;
    });

export type SessionEvent = SessionOfClientEvent & { readonly cleanSession: boolean } & (
    | { readonly type: 'CREATED' }
    | { readonly type: 'EXPIRED' }
    /** The client wanted a clean one, or none beyond its connection; or somebody cleaned it. */
    | { readonly type: 'ENDED'; readonly reason: 'DISCARDED' | 'CLOSED' | 'CLEANED' }
  );

export type SubscriptionEvent = SessionOfClientEvent & { readonly topicFilter: string } & (
    | { readonly type: 'SUBSCRIBED'; readonly qos: Qos }
    | { readonly type: 'UNSUBSCRIBED' }
  );

export interface AlarmEvent extends RecordedEvent {
  readonly type: 'RAISED' | 'CLEARED';
  readonly alarm: Alarm;
}

/** A ban began to hold; or it is no more: deleted, at its end, or replaced by another of the same key. */
export interface BanEvent extends RecordedEvent {
  readonly type: 'CREATED' | 'ENDED';
  readonly ban: Ban;
}

/** A plugin was loaded or unloaded, or could not be. */
export interface PluginEvent extends RecordedEvent {
  readonly plugin: Plugin;
}

/** A setting is another one, or has its value from somebody else. Secrets are masked. */
export interface ConfigEvent extends RecordedEvent {
  readonly app: string;
  readonly key: string;
  readonly before: unknown;
  readonly value: unknown;
  readonly source: ConfigSource;
  /** Who changed it; null when that is not known. */
  readonly by: string | null;
}

/** A listener began to listen, stopped, or could not take a connection. */
export interface ListenerEvent extends RecordedEvent {
  readonly type: 'STARTED' | 'STOPPED' | 'FAILED';
  readonly protocol: string;
  /** `address:port`. */
  readonly listenOn: string;
  /** Why it failed; null otherwise. */
  readonly message: string | null;
}

export interface AuditLogEvent extends RecordedEvent {
  readonly entry: AuditEntry;
}

/** The kinds of events, each of which has an order of its own. */
export interface EventKinds {
  readonly connection: ConnectionEvent;
  readonly session: SessionEvent;
  readonly subscription: SubscriptionEvent;
  readonly alarm: AlarmEvent;
  readonly ban: BanEvent;
  readonly plugin: PluginEvent;
  readonly config: ConfigEvent;
  readonly listener: ListenerEvent;
  readonly audit: AuditLogEvent;
}

export type EventFilter = Restriction<{
  clientId: string;
  clientIdPrefix: string;
  username: string;
  ipAddress: string;
  /** As it is written; events that are about no subscription do not have one. */
  topicFilter: string;
}>;

export type AlarmEventFilter = Restriction<{ id: string; idPrefix: string; severity: AlarmSeverity }>;

/** `who` in its one spelling, as the ban has it. */
export type BanEventFilter = Restriction<{ as: BanKind; who: string; whoPrefix: string; by: string }>;

export type PluginEventFilter = Restriction<{ name: string }>;

export type ConfigEventFilter = Restriction<{ app: string; key: string }>;

export type ListenerEventFilter = Restriction<{ protocol: string; listenOn: string }>;

export type AuditEventFilter = Restriction<{ who: string; what: string }>;

/** What the events of each kind can be filtered by. */
export interface EventFilters {
  readonly connection: EventFilter;
  readonly session: EventFilter;
  readonly subscription: EventFilter;
  readonly alarm: AlarmEventFilter;
  readonly ban: BanEventFilter;
  readonly plugin: PluginEventFilter;
  readonly config: ConfigEventFilter;
  readonly listener: ListenerEventFilter;
  readonly audit: AuditEventFilter;
}

export interface EventFlow<Event> {
  /**
   * Those that came behind a cursor until now, read as somebody gets to them. Refuses with CURSOR_EXPIRED when some may be
   * missing, then or while they are read.
   */
  since(cursor: string): Iterable<Event>;
  /** Calls `tell` with each from now on, and must not be kept waiting by it. Answers what ends it. */
  follow(tell: (event: Event) => void): () => void;
}
