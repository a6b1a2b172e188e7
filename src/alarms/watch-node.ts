import type { MqttBroker } from '../broker/mqtt-broker.ts';
import type { AlarmSettings } from '../config/alarm-settings.ts';
import type { PortFigures } from '../port.ts';
import type { Database } from '../store/database.ts';
import type { ServedCertificate } from '../tls/served-certificate.ts';
import type { Alarms } from './alarms.ts';
import { brokerLooks } from './broker-looks.ts';
import { certificateLook } from './certificate-look.ts';
import { clockLook } from './clock-look.ts';
import type { Look } from './gauge.ts';
import { createEventLoopDelay, hostLooks } from './host-looks.ts';
import { storeLooks } from './store-looks.ts';
import type { Tally } from './tally.ts';
import { Watch } from './watch.ts';

export interface NodeParts {
  readonly alarms: Alarms;
  /** Read whenever they are needed. */
  readonly limits: AlarmSettings;
  readonly broker: MqttBroker;
  readonly database: Database;
  /** The listening ports of the process, those of HTTP too. */
  readonly ports: readonly PortFigures[];
  readonly certificate: ServedCertificate | null;
  readonly dataDir: string;
  readonly maxFileDescriptors: number;
  /** Where failed logins of users and applications are counted. */
  readonly failedLogins: Tally;
  /** Of those who watch something themselves. */
  readonly otherLooks: readonly Look[];
  readonly onFault: (fault: unknown) => void;
}

/** Makes the watch over all of this node that may raise an alarm. */
export function watchNode(parts: NodeParts): Watch {
  const { alarms, limits, broker, database, ports, certificate, dataDir, maxFileDescriptors } = parts;
  const sockets = (): number => ports.reduce((sum, { currentConnections }) => sum + 1 + currentConnections, 0);
  const mqttPorts = ports.filter(({ protocol }) => protocol.startsWith('mqtt:'));
  const eventLoopDelay = createEventLoopDelay();
  return new Watch({
    alarms,
    looks: [
      ...hostLooks({ limits, sockets, maxFileDescriptors, eventLoopDelay }),
      ...brokerLooks({ limits, broker, ports: mqttPorts, failedLogins: parts.failedLogins }),
      ...storeLooks({ limits, alarms, database, events: broker.events, dataDir }),
      certificateLook(certificate),
      clockLook(limits),
      ...parts.otherLooks,
    ],
    interval: () => limits.checkInterval,
    onFault: parts.onFault,
    onClose: () => eventLoopDelay.close(),
  });
}
