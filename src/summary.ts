import { resolve } from 'node:path';
import type { Generated } from './access/bootstrap.ts';
import type { Config } from './config/settings.ts';
import type { Gateway, GatewayPorts } from './gateway.ts';
import { version } from './package.ts';
import type { Port } from './port.ts';

/** Where a caller reaches a port, by the address that it is bound to. */
const url = (scheme: string, { listenOn }: Port, path = ''): string => `${scheme}://${listenOn}${path}`;

/** The ports of TLS, where there are any. */
const overTls = (ports: GatewayPorts): [string, string][] =>
  (
    [
      ['MQTT over TLS', 'mqtts', ports.mqttTls, ''],
      ['MQTT over WSS', 'wss', ports.secureWebSocket, '/mqtt'],
      ['management: TLS', 'https', ports.managementTls, '/graphql'],
      ['dashboard: TLS', 'https', ports.dashboardTls, '/graphql'],
    ] as const
  ).flatMap(([name, scheme, port, path]) => (port ? [[name, url(scheme, port, path)]] : []));

/** What a person wants to see when the server came up; generated credentials are in it, this once. */
export function summary(config: Config, { ports }: Gateway, generated: Generated): string {
  const rows: [string, string][] = [
    ['node', config.nodeName],
    ['data', resolve(config.dataDir)],
    ['MQTT', url('mqtt', ports.mqtt)],
    ['MQTT over WebSocket', url('ws', ports.webSocket, '/mqtt')],
    ['management: GraphQL', url('http', ports.management, '/graphql')],
    ['management: REST', url('http', ports.management, '/api/v3')],
    ['dashboard: GraphQL', url('http', ports.dashboard, '/graphql')],
    ['dashboard: REST', url('http', ports.dashboard, '/api/v3')],
    ...overTls(ports),
  ];
  const lines = [`brokerql ${version} is running`, ...rows.map(([name, text]) => `  ${name.padEnd(22)}${text}`)];
  const { application, user } = generated;
  if (application || user) {
    lines.push('', 'These credentials were made now and are shown only once:');
    if (application)
      lines.push(`  application (${ports.management.port})    ${application.id} : ${application.secret}`);
    if (user) lines.push(`  dashboard user (${ports.dashboard.port})  ${user.name} : ${user.password}`);
  }
  return `${lines.join('\n')}\n`;
}
