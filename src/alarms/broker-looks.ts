import type { MqttBroker } from '../broker/mqtt-broker.ts';
import type { AlarmSettings } from '../config/alarm-settings.ts';
import type { PortFigures } from '../port.ts';
import { type Look, lookAt } from './gauge.ts';
import { Tally } from './tally.ts';

export interface BrokerParts {
  readonly limits: AlarmSettings;
  readonly broker: MqttBroker;
  /** The ports of MQTT, which have their limit of connections together. */
  readonly ports: readonly PortFigures[];
  /** Failed logins of users and applications. */
  readonly failedLogins: Tally;
}

/** Connections that are slow now and were at the last look, and those that were ended for it since. */
function slowConsumers({ slow, events }: MqttBroker): () => number {
  const ended = new Tally();
  events.disconnected.listen((_, reason) => {
    if (reason === 'slow_consumer') ended.add(1);
  });
  let lastLook = performance.now();
  return () => {
    let count = ended.take().count;
    // In the order in which they became slow.
    for (const since of slow.values()) {
      if (since > lastLook) break;
      count++;
    }
    lastLook = performance.now();
    return count;
  };
}

/** What becomes of the broker's clients and their messages. */
export function brokerLooks({ limits, broker, ports, failedLogins }: BrokerParts): readonly Look[] {
  const dropped = new Tally();
  broker.events.dropped.listen((_, count) => dropped.add(count));
  const failedConnects = new Tally();
  broker.events.refused.listen(({ kind }) => {
    if (kind === 'AUTHENTICATION') failedConnects.add(1);
  });
  const most = (): number => Math.max(0, ...ports.map(({ maxConnections }) => maxConnections));
  const open = (): number => ports.reduce((sum, { currentConnections }) => sum + currentConnections, 0);
  return [
    lookAt({
      id: 'connections_high_watermark',
      severity: 'critical',
      title: 'Connections are running short',
      read: () => (most() === 0 ? 0 : (open() / most()) * 100),
      marks: () => ({ high: limits.connectionsHigh, low: limits.connectionsLow }),
      summary: (_, { high }) => `${open()} of ${most()} MQTT connections are open; the mark is ${high} %`,
    }),
    lookAt({
      id: 'messages_dropped',
      severity: 'error',
      title: 'Messages are dropped',
      read: () => dropped.take().perSecond,
      marks: () => ({ high: limits.droppedHigh, low: limits.droppedLow }),
      summary: (figure, { high }) =>
        `${Math.round(figure)} messages a second are dropped, because queues are full or clients read too slowly; the mark is ${high}`,
      calmLooks: 3,
    }),
    lookAt({
      id: 'slow_consumers',
      severity: 'warning',
      title: 'Clients read too slowly',
      read: slowConsumers(broker),
      marks: () => ({ high: limits.slowConsumersHigh, low: limits.slowConsumersLow }),
      summary: (figure, { high }) =>
        `${figure} clients leave more unread than mqtt.high_watermark, or were disconnected for it; the mark is ${high}`,
      calmLooks: 3,
    }),
    lookAt({
      id: 'failed_logins',
      severity: 'warning',
      title: 'Logins fail',
      read: () => {
        const [ofAccounts, ofClients] = [failedLogins.take().perSecond, failedConnects.take().perSecond];
        return ofAccounts === null || ofClients === null ? null : (ofAccounts + ofClients) * 60;
      },
      marks: () => ({ high: limits.failedLoginsHigh, low: limits.failedLoginsLow }),
      summary: (figure, { high }) =>
        `${Math.round(figure)} logins a minute fail, of users, applications and MQTT clients; the mark is ${high}`,
      calmLooks: 3,
    }),
  ];
}
