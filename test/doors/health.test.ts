import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGateway } from '../../src/gateway.ts';
import { createLog } from '../../src/log.ts';
import { APP_AUTHORIZATION, NODE, startGateway, type TestGateway, testConfig } from '../support/gateway.ts';
import { post, send } from './support/wire.ts';

const asked = async (url: string, path: string, method = 'GET'): Promise<readonly [number, string]> => {
  const { status, text } = await send(url, { method, path });
  return [status, text];
};

describe.each(['management', 'dashboard'] as const)('probes at the %s port need no credentials', (door) => {
  let gateway: TestGateway;
  const url = () => (door === 'management' ? gateway.httpUrl : gateway.dashboardUrl);

  beforeAll(async () => {
    gateway = await startGateway();
  });

  afterAll(() => gateway.close());

  test.each([
    ['/healthz', 'alive'],
    ['/readyz', 'ready'],
    ['/status', `Node ${NODE} is started\nemqx is running`],
  ])('GET %s', async (path, text) => {
    const { status, headers, text: told } = await send(url(), { path });
    expect([status, headers['content-type'], told]).toEqual([200, 'text/plain', text]);
  });

  test.each(['POST', 'PUT', 'DELETE'])('%s /status is not found', async (method) => {
    expect(await asked(url(), '/status', method)).toEqual([400, 'Not found.']);
  });

  test.each(['/Healthz', '/healthz/more', '/readyz/more'])('%s is nothing', async (path) => {
    expect(await asked(url(), path)).toEqual([404, '']);
  });
});

describe('/readyz', () => {
  test('says that the gateway is starting until every port is open', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'brokerql-health-'));
    const gateway = await createGateway(testConfig(folder), createLog('silent'));
    await gateway.ports.management.listen('127.0.0.1', 0);
    const url = `http://127.0.0.1:${gateway.ports.management.port}`;
    expect(await asked(url, '/readyz')).toEqual([503, 'starting']);
    expect(await asked(url, '/healthz')).toEqual([200, 'alive']);
    await gateway.close();
    rmSync(folder, { recursive: true });
  });

  test('says that the gateway is closing, which then still serves for the drain', async () => {
    const gateway = await startGateway('http:\n  drain: 1\n');
    const client = await gateway.connect({ clientId: 'patient' });
    expect(await asked(gateway.httpUrl, '/readyz')).toEqual([200, 'ready']);
    const left = new Promise((resolve) => client.once('close', () => resolve(null)));
    const closed = gateway.gateway.close();
    expect(await asked(gateway.httpUrl, '/readyz')).toEqual([503, 'closing']);
    expect(await asked(gateway.dashboardUrl, '/readyz')).toEqual([503, 'closing']);
    expect(await asked(gateway.httpUrl, '/healthz')).toEqual([200, 'alive']);
    const headers = { authorization: APP_AUTHORIZATION };
    const { json } = await post(gateway.httpUrl, '{ connections { items { clientId } } }', headers);
    expect(json).toEqual({ data: { connections: { items: [{ clientId: 'patient' }] } } });
    await Promise.all([closed, left]);
    await expect(asked(gateway.httpUrl, '/readyz')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    rmSync(gateway.dataDir, { recursive: true });
  });
});
