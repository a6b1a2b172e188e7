import type { ClientRefusal, Subscription } from '../domain.ts';
import { Signal } from '../signal.ts';
import type { StoredMessage } from '../store/message-codec.ts';
import type { LiveConnection } from './live-connection.ts';
import type { LiveSession } from './live-session.ts';

/** Why a session is no more: its client wanted a clean one, or none beyond its connection; nobody came; or by request. */
export type SessionEnd = 'DISCARDED' | 'CLOSED' | 'EXPIRED' | 'CLEANED';

/** One refusal, each time anew. */
export type RefusalEvent = Pick<
  ClientRefusal,
  'clientId' | 'username' | 'ipAddress' | 'port' | 'kind' | 'action' | 'topic' | 'message'
>;

/** What happens on a broker, at the moment when it has happened. Whoever listens must not keep the broker waiting. */
export interface BrokerEvents {
  /** A CONNECT was answered with a return code other than 0. */
  readonly connackRefused: Signal<[connection: LiveConnection, returnCode: number]>;
  readonly connected: Signal<[connection: LiveConnection]>;
  /** `reason` is what the listeners count: `closed`, `tcp_closed`, `keepalive_timeout`, `kicked`, `discarded` … */
  readonly disconnected: Signal<[connection: LiveConnection, reason: string]>;
  readonly refused: Signal<[refusal: RefusalEvent]>;
  readonly sessionCreated: Signal<[session: LiveSession]>;
  readonly sessionEnded: Signal<[session: LiveSession, end: SessionEnd]>;
  /** Of a subscription that was there already, too: its QoS may be another. */
  readonly subscribed: Signal<[session: LiveSession, subscription: Subscription]>;
  /** Not when the session ends. */
  readonly unsubscribed: Signal<[session: LiveSession, topicFilter: string]>;
  /** A message that cannot be lost any more; it has not been sent to anybody connected yet. */
  readonly published: Signal<[message: StoredMessage, username: string | null]>;
  /** A PUBLISH was written to a client, with the QoS and the retain flag of the message. */
  readonly delivered: Signal<[connection: LiveConnection, message: StoredMessage]>;
  /** Its client has it, as a PUBACK or a first PUBREC says; of messages that were delivered while somebody listened. */
  readonly acknowledged: Signal<[connection: LiveConnection, message: StoredMessage]>;
  /**
   * Messages that a bound dropped: that of a session's queue, of what its client may leave unread, or of messages that wait
   * for their time. `client` is who does not get them, or, of the last, whose they are.
   */
  readonly dropped: Signal<[client: Pick<LiveSession, 'clientId'>, count: number]>;
  /** The store takes no writes, and persistent sessions cannot be served. */
  readonly storeFailed: Signal<[reason: Error]>;
  /** It takes them again. */
  readonly storeHealed: Signal<[]>;
}

/** Makes the events of a broker; `onFault` gets what a listener throws. */
export const createEvents = (onFault: (fault: unknown) => void): BrokerEvents => ({
  connackRefused: new Signal(onFault),
  connected: new Signal(onFault),
  disconnected: new Signal(onFault),
  refused: new Signal(onFault),
  sessionCreated: new Signal(onFault),
  sessionEnded: new Signal(onFault),
  subscribed: new Signal(onFault),
  unsubscribed: new Signal(onFault),
  published: new Signal(onFault),
  delivered: new Signal(onFault),
  acknowledged: new Signal(onFault),
  dropped: new Signal(onFault),
  storeFailed: new Signal(onFault),
  storeHealed: new Signal(onFault),
});
