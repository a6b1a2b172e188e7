import mqtt from 'mqtt';
import { describe, expect, test } from 'vitest';
import { basic } from '../support/gateway.ts';
import { logLines, type Program, start, stop } from './program.ts';

const SECRETS = {
  BROKERQL_APP_SECRET: 'app-secret-Xq7',
  BROKERQL_ADMIN_PASSWORD: 'admin-password-Xq7',
};
const ACCESS = { BROKERQL_APP_ID: 'app', BROKERQL_ADMIN_USER: 'admin', ...SECRETS };
const WRONG = 'wrong-password-Xq7';
const MQTT_PASSWORD = 'mqtt-password-Xq7';

export function describeLogs(built: () => Program): void {
  describe('the log of a program that has no terminal', () => {
    test('is JSON, a line each, and holds no secret at level trace, right or wrong ones', async () => {
      const one = await start(built(), ['--log-level', 'trace'], { env: ACCESS });
      const management = `http://${one.address('management: REST')}`;
      const dashboard = `http://${one.address('dashboard: REST')}`;
      const right = basic('app', SECRETS.BROKERQL_APP_SECRET);
      const headers = [right, basic('app', WRONG), basic(WRONG, WRONG), `Basic ${WRONG}`, `Bearer ${WRONG}`];
      for (const authorization of headers) {
        for (const path of ['/api/v3/brokers/', '/graphql?query={broker}', `/api/v3/${encodeURIComponent('%')}`]) {
          await (await fetch(management + path, { headers: { authorization } })).text();
        }
      }
      const admin = basic('admin', SECRETS.BROKERQL_ADMIN_PASSWORD);
      await (await fetch(`${dashboard}/api/v3/brokers/`, { headers: { authorization: admin } })).text();
      const url = `mqtt://${one.address('MQTT')}`;
      const login = { username: 'anna', password: MQTT_PASSWORD, reconnectPeriod: 0 };
      const accepted = await mqtt.connectAsync(url, { ...login, clientId: 'c' });
      const closed = new Promise<void>((resolve) => accepted.once('close', () => resolve()));
      accepted.stream.write(Buffer.alloc(8));
      await closed;
      await expect(mqtt.connectAsync(url, { ...login, clientId: 'c'.repeat(2000) })).rejects.toThrow();
      await one.untilPrinted('an MQTT client failed');
      await stop(one);

      const rows = logLines(one).map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(rows.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['an MQTT client failed', 'SIGTERM: closing']));
      for (const { level, time } of rows) {
        expect(level).toMatch(/^(trace|debug|info|warn|error)$/);
        expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      }
      const output = one.stdout + one.stderr;
      const plain = [...Object.values(SECRETS), WRONG, MQTT_PASSWORD];
      const encoded = [right, admin, ...headers].map((header) => header.split(' ')[1]!);
      const escaped = plain.map((secret) => Buffer.from(secret).toString('base64').replace(/=+$/, ''));
      for (const secret of [...plain, ...encoded, ...escaped]) expect(output).not.toContain(secret);
    });
  });
}
