import { isUtf8 } from 'node:buffer';
import type { MqttBroker } from '../../broker/mqtt-broker.ts';
import { matcherOf } from '../../broker/topic-filter.ts';
import { isSystemTopic } from '../../broker/topics.ts';
import type { StoredMessage } from '../../store/message-codec.ts';
import type { EventName } from './settings.ts';

export interface ListenerOptions {
  readonly broker: MqttBroker;
  readonly nodeName: string;
  readonly events: readonly EventName[];
  /** Message events are told of messages whose topic one of these topic filters matches. */
  readonly topics: readonly string[];
  readonly encodePayload: 'plain' | 'base64';
  /** Gets each event as a JSON object. */
  readonly tell: (event: string) => void;
}

const seconds = (ms: number): number => Math.floor(ms / 1000);

/**
 * Listens to a broker, and tells what happens as EMQ X 3's web hook does: the same actions and names of fields. `ts` is
 * in seconds since 1970. Answers a function that ends it.
 */
export function listenTo({ broker, nodeName, events, topics, encodePayload, tell }: ListenerOptions): () => void {
  const { events: signals, registry } = broker;
  const wanted = new Set(events);
  const matchers = topics.map(matcherOf);
  const ends: (() => void)[] = [];

  const emit = (action: string, fields: object, at = Date.now()): void =>
    tell(JSON.stringify({ action, ...fields, ts: seconds(at), node: nodeName }));
  const on = (name: EventName, listen: () => () => void): void => {
    if (wanted.has(name)) ends.push(listen());
  };
  const isTold = ({ topic }: StoredMessage): boolean =>
    !isSystemTopic(topic) && matchers.some((isMatch) => isMatch(topic));
  const usernameOf = (clientId: string): string | null => registry.sessionsById.get(clientId)?.username ?? null;
  const fieldsOf = ({ topic, qos, retain, payload }: StoredMessage) => {
    const isText = encodePayload === 'plain' && isUtf8(payload);
    const text = isText ? payload.toString() : payload.toString('base64');
    return { topic, qos, retain, payload: text, ...(isText ? {} : { payload_encoding: 'base64' }) };
  };
  /** A message on its way to, or at, a client. */
  const emitReceived = (action: string, receiver: Client, message: StoredMessage): void => {
    if (!isTold(message)) return;
    const { clientId } = message;
    const from = { from_client_id: clientId, from_username: usernameOf(clientId) };
    emit(action, { ...named(receiver), ...from, ...fieldsOf(message) }, message.publishedAt);
  };

  on('client.connected', () =>
    signals.connected.listen((connection) => {
      const { ipAddress, keepalive, protocolVersion, connectedAt } = connection;
      emit('client_connected', {
        ...named(connection),
        ...{ ipaddress: ipAddress, keepalive, proto_ver: protocolVersion },
        ...{ connected_at: seconds(connectedAt), conn_ack: 0 },
      });
    }),
  );
  on('client.connack', () =>
    signals.connackRefused.listen((connection, returnCode) =>
      emit('client_connack', { ...named(connection), ipaddress: connection.ipAddress, conn_ack: returnCode }),
    ),
  );
  on('client.disconnected', () =>
    signals.disconnected.listen((connection, reason) => emit('client_disconnected', { ...named(connection), reason })),
  );
  for (const [name, action] of [
    ['client.subscribe', 'client_subscribe'],
    ['session.subscribed', 'session_subscribed'],
  ] as const) {
    on(name, () =>
      signals.subscribed.listen((session, { topicFilter, qos }) =>
        emit(action, { ...named(session), topic: topicFilter, opts: { qos } }),
      ),
    );
  }
  for (const [name, action] of [
    ['client.unsubscribe', 'client_unsubscribe'],
    ['session.unsubscribed', 'session_unsubscribed'],
  ] as const) {
    on(name, () =>
      signals.unsubscribed.listen((session, topicFilter) => emit(action, { ...named(session), topic: topicFilter })),
    );
  }
  on('session.created', () =>
    signals.sessionCreated.listen((session) =>
      emit('session_created', { ...named(session), clean_session: session.cleanSession }),
    ),
  );
  on('session.terminated', () =>
    signals.sessionEnded.listen((session, end) =>
      emit('session_terminated', { ...named(session), reason: end.toLowerCase() }),
    ),
  );
  on('message.publish', () =>
    signals.published.listen((message, username) => {
      if (!isTold(message)) return;
      const from = { from_client_id: message.clientId, from_username: username };
      emit('message_publish', { ...from, ...fieldsOf(message) }, message.publishedAt);
    }),
  );
  on('message.deliver', () =>
    signals.delivered.listen((connection, message) => emitReceived('message_deliver', connection, message)),
  );
  on('message.acked', () =>
    signals.acknowledged.listen((connection, message) => emitReceived('message_acked', connection, message)),
  );
  return () => {
    for (const end of ends) end();
  };
}

interface Client {
  readonly clientId: string;
  readonly username: string | null;
}

const named = ({ clientId, username }: Client) => ({ client_id: clientId, username });
