import { createSocket, type Socket } from 'node:dgram';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { LocalNode, type LocalNodeOptions } from '../../src/broker/local-node.ts';
import type { MqttBroker } from '../../src/broker/mqtt-broker.ts';
import { rowsOf } from '../../src/config/setting.ts';
import type { Metrics, Stats } from '../../src/domain.ts';
import type { LookupAll } from '../../src/net/link-local.ts';
import type { NodeFigures } from '../../src/plugins/figures.ts';
import { datagrams } from '../../src/plugins/statsd/lines.ts';
import { statsdSettings } from '../../src/plugins/statsd/settings.ts';
import { statsd } from '../../src/plugins/statsd/statsd.ts';
import { defaultsOf } from '../support/defaults.ts';
import { eventually, NODE } from '../support/gateway.ts';
import { openPluginHouse, type PluginHouse } from './support/house.ts';

const ALARM = 'not_answering:emqx_statsd';
const INTERVAL = 100;

type Settings = Partial<Record<keyof typeof statsdSettings, unknown>>;

let house: PluginHouse;
const servers: { close(): unknown }[] = [];

afterEach(async () => {
  await house?.close();
  for (const server of servers.splice(0)) server.close();
});

/** The figures of a broker alone. */
function figuresOf(broker: MqttBroker): NodeFigures {
  const node = new LocalNode({
    ...{ name: NODE, version: '1.2.3', broker, ports: [] },
    // What it is asked here are figures of the broker.
    ...({} as Pick<
      LocalNodeOptions,
      'bans' | 'plugins' | 'diagnostics' | 'alarms' | 'configs' | 'credentials' | 'onFault'
    >),
  });
  return {
    metrics: (): Metrics => node.metrics(),
    stats: (): Stats => node.stats(),
    listeners: () => [
      {
        ...{ nodeName: NODE, protocol: 'mqtt:tcp', listenOn: '127.0.0.1:1883', acceptors: 1, maxConnections: 0 },
        currentConnections: 3,
        shutdownCount: { kicked: 2 },
      },
    ],
    plugins: () => [],
    alarms: () => [],
  };
}

async function start(settings: Settings, lookup?: LookupAll): Promise<PluginHouse> {
  house = await openPluginHouse({
    plugins: [],
    make: (broker) => [statsd(figuresOf(broker), lookup)],
    settings: { emqx_statsd: { interval: INTERVAL, ...settings } },
  });
  await house.host.load('emqx_statsd');
  return house;
}

interface Push {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A Pushgateway that notes what comes, and answers as it is told. */
async function openGateway(port = 0, answer: () => number | null = () => 200) {
  const pushes: Push[] = [];
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    pushes.push({ method: request.method, url: request.url, headers: request.headers, body });
    const status = answer();
    if (status !== null) response.writeHead(status).end('the answer of the server');
    server.emit('pushed');
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  servers.push({
    close() {
      server.close();
      server.closeAllConnections();
    },
  });
  const { port: taken } = server.address() as AddressInfo;
  const closed = (): Promise<unknown> => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  const pushed = async (count: number): Promise<void> => {
    while (pushes.length < count) await once(server, 'pushed');
  };
  return { pushes, pushed, closed, port: taken, url: `http://127.0.0.1:${taken}` };
}

describe('the settings', () => {
  const rows = new Map(rowsOf(statsdSettings).map((row) => [row.path, row]));

  test('are those of EMQ X 3, and ours', () => {
    expect(Object.fromEntries([...rows].map(([path, row]) => [path, row.default]))).toEqual({
      'statsd.mode': 'push_gateway',
      'statsd.push.gateway.server': 'http://127.0.0.1:9091',
      'statsd.allow_link_local': 'off',
      'statsd.server': '127.0.0.1:8125',
      'statsd.prefix': '',
      'statsd.interval': 15_000,
    });
  });

  test.each<[string, unknown, boolean]>([
    ['statsd.push.gateway.server', 'https://push.example/below', true],
    ['statsd.push.gateway.server', 'http://[::1]:9091', true],
    ['statsd.push.gateway.server', 'http://name:secret@push.example', false],
    ['statsd.push.gateway.server', 'ftp://push.example', false],
    ['statsd.push.gateway.server', 'push.example:9091', false],
    ['statsd.push.gateway.server', '', false],
    ['statsd.server', 'stats.example:8125', true],
    ['statsd.server', 'Stats.Example:8125', true],
    ['statsd.server', '[::1]:8125', true],
    ['statsd.server', 'stats.example:0', false],
    ['statsd.server', 'stats.example', false],
    ['statsd.server', 'stats.example:0x50', false],
    ['statsd.server', 'stats.example:99999', false],
    ['statsd.server', 'a@stats.example:1', false],
    ['statsd.server', 'stats.example:1/x', false],
    ['statsd.prefix', 'plant.7', true],
    ['statsd.prefix', 'a:1|c\nb', false],
    ['statsd.interval', 100, true],
    ['statsd.interval', 99, false],
  ])('%s may be %j: %s', (path, value, isTaken) => {
    expect(rows.get(path)?.type.safeParse(value).success).toBe(isTaken);
  });
});

describe('emqx_statsd with a Pushgateway', () => {
  test('posts the figures at once and again and again, under the name of the node', async () => {
    const gateway = await openGateway();
    await start({ pushGatewayServer: `${gateway.url}/` });
    await gateway.pushed(1);
    const [push] = gateway.pushes;
    expect([push?.method, push?.url]).toEqual(['POST', '/metrics/job/brokerql/instance/brokerql~127.0.0.1']);
    expect(push?.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(push?.body).toContain('\n# TYPE brokerql_connections gauge\nbrokerql_connections 0\n');
    const client = await house.connect();
    await gateway.pushed(gateway.pushes.length + 2);
    expect(gateway.pushes.at(-1)?.body).toContain('\nbrokerql_connections 1\n');
    await client.endAsync();
    expect([...house.alarms]).toEqual([]);
  });

  test('raises an alarm while nobody is there, and clears it when the server answers', async () => {
    const first = await openGateway();
    await start({ pushGatewayServer: first.url });
    await first.pushed(1);
    await first.closed();
    await house.alarm(ALARM, true);
    expect(house.alarms.get(ALARM)).toEqual({
      id: ALARM,
      severity: 'warning',
      title: 'Server not answering',
      summary: expect.stringMatching(`^the Pushgateway at ${first.url} takes no figures: .*ECONNREFUSED`),
    });
    const second = await openGateway(first.port);
    await house.alarm(ALARM, false);
    expect(second.pushes.length).toBeGreaterThan(0);
    const told = house.logged.map(({ msg }) => msg);
    expect(told).toEqual(['sending figures failed', 'figures are sent again']);
  });

  test('raises an alarm when the server answers that it does not take them', async () => {
    let status = 400;
    const gateway = await openGateway(0, () => status);
    await start({ pushGatewayServer: gateway.url });
    await house.alarm(ALARM, true);
    expect(house.alarms.get(ALARM)?.summary).toBe(
      `the Pushgateway at ${gateway.url} takes no figures: it answered with status 400`,
    );
    status = 202;
    await house.alarm(ALARM, false);
  });

  test('does not push a second time while the server has not answered', async () => {
    let open = 0;
    let mostOpen = 0;
    const server = createServer((request, response) => {
      mostOpen = Math.max(mostOpen, ++open);
      request.resume();
      setTimeout(() => {
        open--;
        response.end();
        server.emit('answered');
      }, INTERVAL * 3.5);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
    await start({ pushGatewayServer: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    await once(server, 'answered');
    await once(server, 'answered');
    await house.host.unload('emqx_statsd');
    expect(mostOpen).toBe(1);
    expect(house.logged).toEqual([]);
  });

  test('goes on elsewhere at once when it gets another server, though the one before has not answered', async () => {
    const silent = await openGateway(0, () => null);
    await start({ pushGatewayServer: silent.url });
    await silent.pushed(1);
    const other = await openGateway();
    const changed = house.host.reconfigure('emqx_statsd', {
      ...defaultsOf(statsdSettings),
      interval: INTERVAL,
      pushGatewayServer: other.url,
    });
    await other.pushed(3);
    await changed;
    expect([...house.alarms]).toEqual([]);
  });

  test.each([[{ pushGatewayServer: 'http://169.254.169.254' }], [{ mode: 'statsd', server: '169.254.169.254:8125' }]])(
    'does not call a link-local address: %j',
    async (settings) => {
      await start(settings);
      await house.alarm(ALARM, true);
      expect(house.alarms.get(ALARM)?.summary).toMatch(/169\.254\.169\.254 is a link-local address, which is refused$/);
    },
  );

  test('an alarm ends when the plugin is unloaded', async () => {
    const gateway = await openGateway(0, () => 500);
    await start({ pushGatewayServer: gateway.url });
    await house.alarm(ALARM, true);
    await house.host.unload('emqx_statsd');
    expect([...house.alarms]).toEqual([]);
  });
});

/** A StatsD server that adds up what comes for each counter. */
async function openStatsd(port = 0, address = '127.0.0.1') {
  const socket: Socket = createSocket('udp4');
  socket.bind(port, address);
  await once(socket, 'listening');
  servers.push({ close: () => void socket.close() });
  const lines: string[] = [];
  socket.on('message', (bytes) => {
    lines.push(...String(bytes).split('\n'));
    socket.emit('lines');
  });
  const line = async (wanted: RegExp): Promise<string> => {
    for (;;) {
      const found = lines.find((each) => wanted.test(each));
      if (found !== undefined) return found;
      await once(socket, 'lines');
    }
  };
  const sumOf = (counter: string): number =>
    lines
      .map((each) => /^(.*):(\d+)\|c$/.exec(each))
      .reduce((sum, match) => sum + (match?.[1] === counter ? Number(match[2]) : 0), 0);
  const counted = async (counter: string, sum: number): Promise<void> => {
    while (sumOf(counter) < sum) await once(socket, 'lines');
    expect(sumOf(counter)).toBe(sum);
  };
  return { socket, port: socket.address().port, line, counted };
}

describe('emqx_statsd with a StatsD server', () => {
  test('sends gauges with their value, and counters with what came to them', async () => {
    const server = await openStatsd();
    await start({ mode: 'statsd', server: `127.0.0.1:${server.port}`, prefix: 'plant.7' });
    expect(await server.line(/brokerql\.connections:/)).toBe('plant.7.brokerql.connections:0|g');
    const client = await house.connect();
    await server.line(/^plant\.7\.brokerql\.connections:1\|g$/);
    for (let i = 0; i < 3; i++) await client.publishAsync('a', 'x', { qos: 1 });
    await server.counted('plant.7.brokerql.packets_publish_received_total', 3);
    expect(await server.line(/listener_connections/)).toBe('plant.7.brokerql.listener_connections.mqtt_tcp:3|g');
    expect(await server.line(/listener_shutdowns/)).toBe(
      'plant.7.brokerql.listener_shutdowns_total.mqtt_tcp.kicked:2|c',
    );
    expect(await server.line(/build_info/)).toMatch(
      /^plant\.7\.brokerql\.build_info\.[0-9_]+\.brokerql_127_0_0_1\.[0-9_]+:1\|g$/,
    );
  });

  test('raises an alarm when the system says that nobody is there, and clears it when somebody is', async () => {
    const first = await openStatsd();
    await new Promise<void>((resolve) => first.socket.close(() => resolve()));
    servers.pop();
    await start({ mode: 'statsd', server: `127.0.0.1:${first.port}` });
    await house.alarm(ALARM, true);
    expect(house.alarms.get(ALARM)?.summary).toMatch(
      new RegExp(`^the StatsD server at 127\\.0\\.0\\.1:${first.port} takes no figures: .*ECONNREFUSED`),
    );
    const second = await openStatsd(first.port);
    await second.line(/^brokerql\.connections:0\|g$/);
    await house.alarm(ALARM, false);
  });

  test('asks for the address of its name again when nobody is there', async () => {
    const server = await openStatsd(0, '127.0.0.2');
    const addresses = ['127.0.0.1'];
    await start({ mode: 'statsd', server: `Stats.Example:${server.port}` }, (_name, _options, done) =>
      done(null, [{ address: addresses.shift() ?? '127.0.0.2', family: 4 }]),
    );
    await house.alarm(ALARM, true);
    await server.line(/^brokerql\.connections:0\|g$/);
    await house.alarm(ALARM, false);
  });

  test('leaves no socket behind that cannot be connected', async () => {
    const opened: Socket[] = [];
    let closedCount = 0;
    const note = (message: unknown): void => {
      const { socket } = message as { readonly socket: Socket };
      opened.push(socket.on('close', () => closedCount++));
    };
    subscribe('udp.socket', note);
    try {
      // The system lets nobody without permission send to everybody.
      await start({ mode: 'statsd', server: '255.255.255.255:8125' });
      await eventually(() => opened.length >= 3, 'three attempts');
      await house.host.unload('emqx_statsd');
      await eventually(() => closedCount === opened.length, 'the end of their sockets');
    } finally {
      unsubscribe('udp.socket', note);
    }
  });
});

describe('datagrams', () => {
  test('hold as many lines as have room in 1400 bytes, and none is split', () => {
    const lines = Array.from({ length: 100 }, (_, i) => `${'x'.repeat(96)}${i}`);
    const made = datagrams(lines);
    expect(made.join('\n').split('\n')).toEqual(lines);
    expect(made.length).toBe(8);
    expect(Math.max(...made.map(({ length }) => length))).toBeLessThanOrEqual(1400);
    expect(datagrams([])).toEqual([]);
  });
});
