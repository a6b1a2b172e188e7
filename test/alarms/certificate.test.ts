import { copyFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { Authority, type Pair } from '../tls/authority.ts';
import { startWatched } from './support/watched.ts';

const authority = new Authority();

afterAll(() => authority.remove());

const copyPair = (from: Pair, to: Pair): void => {
  copyFileSync(from.cert, to.cert);
  copyFileSync(from.key, to.key);
};

test('a certificate that expires within 14 days raises an alarm, until one that lasts is in its place', async () => {
  const soon = authority.sign('soon', '/CN=soon', 10);
  const lasting = authority.sign('lasting', '/CN=lasting', 30);
  const live = authority.pair('live');
  copyPair(lasting, live);
  const free = { BROKERQL_MQTT_TLS_PORT: '0', BROKERQL_WSS_PORT: '0' };
  const gateway = await startWatched({}, '', undefined, {
    ...free,
    BROKERQL_HTTPS_PORT: '0',
    BROKERQL_DASHBOARD_TLS_PORT: '0',
    BROKERQL_TLS_CERT: live.cert,
    BROKERQL_TLS_KEY: live.key,
  });
  expect(gateway.gateway.alarms.has('certificate_expires')).toBe(false);
  copyPair(soon, live);
  gateway.gateway.reload();
  const { desc } = await gateway.alert('certificate_expires');
  expect(desc).toMatchObject({
    severity: 'warning',
    title: 'The certificate expires',
    summary: expect.stringMatching(/^the certificate of TLS expires at \d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
  });
  copyPair(lasting, live);
  gateway.gateway.reload();
  await gateway.cleared('certificate_expires');
  await gateway.close();
});
