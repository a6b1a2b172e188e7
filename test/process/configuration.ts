import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { describe, expect, test } from 'vitest';
import { basic } from '../support/gateway.ts';
import { logLines, newFolder, type Program, start, stop } from './program.ts';

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

const ACCESS = {
  BROKERQL_APP_ID: 'app',
  BROKERQL_APP_SECRET: 'secret',
  BROKERQL_ADMIN_USER: 'chief',
  BROKERQL_ADMIN_PASSWORD: 'word',
};
const authorization = basic('app', 'secret');

export function describeConfiguration(built: () => Program): void {
  describe('the environment', () => {
    test('sets node name, address, ports, data folder, credentials, REST profile and log level', async () => {
      const cwd = newFolder();
      const ports = [await freePort(), await freePort(), await freePort(), await freePort()];
      const [mqttPort, wsPort, httpPort, dashboardPort] = ports.map(String) as [string, string, string, string];
      const env = {
        ...ACCESS,
        BROKERQL_NODE_NAME: 'west@example.org',
        BROKERQL_HOST: '127.0.0.2',
        BROKERQL_DATA_DIR: 'elsewhere',
        BROKERQL_MQTT_PORT: mqttPort,
        BROKERQL_WS_PORT: wsPort,
        BROKERQL_HTTP_PORT: httpPort,
        BROKERQL_DASHBOARD_PORT: dashboardPort,
        BROKERQL_REST_PROFILE: '3.2',
        BROKERQL_LOG_LEVEL: 'error',
      };
      const one = await start(built(), [], { cwd, env });
      expect(one.address('MQTT')).toBe(`127.0.0.2:${mqttPort}`);
      expect(one.address('MQTT over WebSocket')).toBe(`127.0.0.2:${wsPort}`);
      expect(one.address('management: REST')).toBe(`127.0.0.2:${httpPort}`);
      expect(one.address('dashboard: REST')).toBe(`127.0.0.2:${dashboardPort}`);
      expect(existsSync(join(cwd, 'elsewhere'))).toBe(true);
      const client = await mqtt.connectAsync(`mqtt://127.0.0.2:${mqttPort}`, { clientId: 'c', reconnectPeriod: 0 });
      const response = await fetch(`http://127.0.0.2:${httpPort}/api/v3/connections/`, { headers: { authorization } });
      expect(await response.json()).toMatchObject({
        code: 0,
        data: [{ client_id: 'c', node: 'west@example.org', conn_mod: 'emqx_channel' }],
      });
      const dashboard = await fetch(`http://127.0.0.2:${dashboardPort}/api/v3/brokers/`, {
        headers: { authorization: basic('chief', 'word') },
      });
      expect(dashboard.status).toBe(200);
      await client.endAsync();
      await stop(one);
      expect(logLines(one)).toEqual([]);
      expect(one.stdout).not.toContain('only once');
    });
  });

  describe('a setting that is given more than once', () => {
    test('is taken from the flag first, then from the environment, then from the file', async () => {
      const cwd = newFolder();
      const file = 'node: {name: file@host}\nrest: {profile: "3.1"}\nlog: {level: error}\n';
      writeFileSync(join(cwd, 'settings.yaml'), file);
      const env = { ...ACCESS, BROKERQL_NODE_NAME: 'environment@host', BROKERQL_REST_PROFILE: '3.2' };
      const one = await start(built(), ['--config', 'settings.yaml', '--node-name', 'flag@host'], { cwd, env });
      const url = `http://${one.address('management: REST')}/api/v3/metrics/`;
      const response = await fetch(url, { headers: { authorization } });
      // The dots are those of release 3.2.
      expect(await response.json()).toMatchObject({
        code: 0,
        data: [{ node: 'flag@host', metrics: { 'packets.received': 0 } }],
      });
      await stop(one);
      expect(logLines(one)).toEqual([]);
    });
  });
}
