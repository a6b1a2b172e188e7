import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Metrics, Stats } from '../../src/domain.ts';
import { version } from '../../src/package.ts';
import { send } from '../doors/support/wire.ts';
import { APP_AUTHORIZATION, eventually, NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { fake } from './support/fakes.ts';
import { parse, samplesOf } from './support/scrape.ts';

let gateway: TestGateway;

beforeAll(async () => {
  const broken = fake('emqx_broken', () => {
    throw new Error('no');
  });
  gateway = await startGateway('', {}, undefined, [], [broken]);
  await gateway.gateway.domain.changePlugin('emqx_prometheus', 'load', null);
});

afterAll(() => gateway.close());

const scrape = (method = 'GET') =>
  send(gateway.httpUrl, { method, path: '/metrics', headers: { authorization: APP_AUTHORIZATION } });

const figures = async (): Promise<Map<string, number>> => samplesOf((await scrape()).text);

describe('GET /metrics', () => {
  test('is what Prometheus reads', async () => {
    const { status, headers, text } = await scrape();
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const families = parse(text);
    for (const [name, { type, samples }] of families) {
      expect([name, /^(brokerql|process|nodejs)_[a-z0-9_]+$/.test(name)]).toEqual([name, true]);
      // https://prometheus.io/docs/practices/naming/
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      for (const value of samples.values()) expect(value).not.toBeNaN();
    }
  });

  test('has every counter and every gauge of the broker', async () => {
    const found = await figures();
    const { domain } = gateway.gateway;
    const [metrics] = (await domain.metrics(null)) as readonly [Metrics];
    const [stats] = (await domain.stats(null)) as readonly [Stats];
    const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const counters = Object.keys(metrics)
      .filter((name) => !['nodeName', 'rates', 'messagesRetained', 'bytesReceived', 'bytesSent'].includes(name))
      .map((name) => `brokerql_${snake(name)}_total`);
    const gauges = Object.keys(stats)
      .filter((name) => name !== 'nodeName')
      .map((name) => `brokerql_${snake(name).replace('_count', '')}`);
    const wanted = [...counters, ...gauges, 'brokerql_received_bytes_total', 'brokerql_sent_bytes_total'];
    expect(wanted.length).toBeGreaterThan(60);
    expect(wanted.filter((name) => !found.has(name))).toEqual([]);
    expect(Object.fromEntries([...found].filter(([name]) => name.startsWith('brokerql_connections')))).toEqual({
      brokerql_connections: 0,
      brokerql_connections_max: 0,
    });
  });

  test('counts what clients do', async () => {
    const before = await figures();
    const client = await gateway.connect({ clientId: 'a client', username: 'a user' });
    await client.subscribeAsync('a/topic', { qos: 1 });
    const received = new Promise((resolve) => client.once('message', resolve));
    await client.publishAsync('a/topic', 'x', { qos: 1, retain: true });
    await received;
    const after = await figures();
    const grown = (name: string): number => (after.get(name) ?? Number.NaN) - (before.get(name) ?? 0);
    expect(grown('brokerql_packets_connect_received_total')).toBe(1);
    expect(grown('brokerql_packets_publish_received_total')).toBe(1);
    expect(grown('brokerql_messages_qos1_sent_total')).toBe(1);
    expect(grown('brokerql_received_bytes_total')).toBeGreaterThan(20);
    expect(after.get('brokerql_connections')).toBe(1);
    expect(after.get('brokerql_subscriptions')).toBe(1);
    expect(after.get('brokerql_retained')).toBe(1);
    expect(after.get('brokerql_listener_connections{protocol="mqtt:tcp"}')).toBe(1);
    await client.endAsync();
    await eventually(
      async () => (await figures()).get('brokerql_listener_shutdowns_total{protocol="mqtt:tcp",reason="closed"}') === 1,
      'the client to leave',
    );
    const { text } = await scrape();
    expect(/a client|a user|a\/topic/.exec(text)).toBeNull();
  });

  test('has as many series with fifty clients as with none', async () => {
    const before = (await figures()).size;
    const clients = await Promise.all(Array.from({ length: 50 }, () => gateway.connect()));
    await Promise.all(clients.map((client, i) => client.subscribeAsync(`many/${i}`)));
    expect((await figures()).size).toBe(before);
    await Promise.all(clients.map((client) => client.endAsync(true)));
  });

  test('tells of plugins and alarms', async () => {
    const { domain } = gateway.gateway;
    const before = await figures();
    expect(before.get('brokerql_plugin_active{plugin="emqx_prometheus"}')).toBe(1);
    expect(before.get('brokerql_plugin_active{plugin="emqx_broken"}')).toBe(0);
    expect(before.get('brokerql_plugin_failed{plugin="emqx_broken"}')).toBe(0);
    expect(before.get('brokerql_alarms{severity="error"}')).toBe(0);
    await expect(domain.changePlugin('emqx_broken', 'load', null)).rejects.toThrow('no');
    const after = await figures();
    expect(after.get('brokerql_plugin_failed{plugin="emqx_broken"}')).toBe(1);
    expect(after.get('brokerql_alarms{severity="error"}')).toBe(1);
    expect(after.get('brokerql_alarms{severity="critical"}')).toBe(0);
  });

  test('tells of the process and of what is running', async () => {
    const found = await figures();
    expect(
      found.get(`brokerql_build_info{version="${version}",node="${NODE}",runtime_version="${process.versions.node}"}`),
    ).toBe(1);
    const memory = process.memoryUsage();
    expect(found.get('process_resident_memory_bytes')).toBeGreaterThan(memory.heapUsed / 4);
    expect(found.get('process_cpu_seconds_total')).toBeGreaterThan(0.01);
    expect(found.get('process_cpu_seconds_total')).toBeLessThanOrEqual(
      process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6,
    );
    const started = found.get('process_start_time_seconds') ?? 0;
    expect(Math.abs(Date.now() / 1000 - process.uptime() - started)).toBeLessThan(3);
    for (const name of ['mean', 'p50', 'p90', 'p99', 'max']) {
      expect(found.get(`nodejs_eventloop_lag_${name}_seconds`)).toBeGreaterThanOrEqual(0);
    }
    expect(found.get('nodejs_eventloop_utilization_ratio')).toBeLessThanOrEqual(1);
    if (process.platform === 'linux') expect(found.get('process_open_fds')).toBeGreaterThan(5);
  });

  test('is not there while the plugin is unloaded, not even to be refused, and survives a reload', async () => {
    const { domain } = gateway.gateway;
    const gone = { status: 404, text: '' };
    await domain.changePlugin('emqx_prometheus', 'unload', null);
    expect(await scrape()).toMatchObject(gone);
    expect(await send(gateway.httpUrl, { path: '/metrics' })).toMatchObject(gone);
    await domain.changePlugin('emqx_prometheus', 'load', null);
    expect((await scrape()).status).toBe(200);
    const before = process.getActiveResourcesInfo().length;
    for (let i = 0; i < 50; i++) {
      const [{ status }] = await Promise.all([scrape(), domain.changePlugin('emqx_prometheus', 'reload', null)]);
      expect(status).toBe(200);
    }
    expect(process.getActiveResourcesInfo().length).toBeLessThan(before + 20);
  });

  test('is not on the port of the dashboard, and cannot be written', async () => {
    expect((await send(gateway.dashboardUrl, { path: '/metrics' })).status).toBe(404);
    expect((await scrape('POST')).status).toBe(404);
    const { status, headers } = await send(gateway.httpUrl, { path: '/metrics' });
    expect([status, headers['www-authenticate']]).toEqual([401, 'Basic Realm="minirest-server"']);
  });
});
