import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Packet } from 'mqtt-packet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Hooks } from '../../src/broker/hooks.ts';
import { type ConnectFields, connectPacket, connectWire, openWire, publishPacket, type Wire } from '../broker/wire.ts';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { put, reset, set } from './support/change.ts';

/** How often somebody was asked for a verdict that takes time. */
let asked = 0;

const hooks: Hooks = {
  authorizePublish: (_client, topic) => {
    if (topic === 'broken') throw new Error('the hook is broken');
    if (topic === 'hanging') return new Promise(() => {});
    if (topic.startsWith('asked/')) {
      asked++;
      return Promise.resolve('allow');
    }
    return topic === 'denied' ? 'deny' : 'ignore';
  },
};

/** What CONNACK says to a new client; null when the connection ends without one. */
async function knock(gateway: TestGateway, fields: ConnectFields = {}): Promise<number | null> {
  const wire = await openWire(gateway);
  wire.write(connectPacket({ clientId: 'knocker', ...fields }));
  const answer = await wire.next('connack').catch(() => null);
  // Its will is not to be published.
  if (answer?.returnCode === 0) wire.write({ cmd: 'disconnect' });
  await wire.closed;
  return answer?.returnCode ?? null;
}

/** What SUBACK says to a client that is connected. */
const granted = async (wire: Wire, filter: string, qos: 0 | 1 | 2 = 0): Promise<unknown> =>
  (await wire.subscribe([filter, qos]))[0];

const retained = (topic: string) => ({ ...publishPacket(topic, 1, 9), retain: true });

/** Whether a PUBLISH, which is acknowledged either way, came to somebody who subscribes to its topic. */
async function isDelivered(gateway: TestGateway, wire: Wire, packet: ReturnType<typeof publishPacket>) {
  const watcher = await connectWire(gateway, { clientId: `watcher ${packet.topic}` });
  await watcher.subscribe([packet.topic, 0]);
  if (packet.qos === 0) wire.write(packet);
  else await wire.ask(packet, packet.qos === 1 ? 'puback' : 'pubrec');
  await wire.settle();
  watcher.write({ cmd: 'pingreq' });
  const first = await watcher.take();
  if (first.cmd === 'publish') await watcher.next('pingresp');
  await watcher.disconnect();
  return first.cmd === 'publish';
}

/** Whether a connection of its own survives what it sends. */
async function survives(gateway: TestGateway, ...packets: readonly Packet[]): Promise<boolean> {
  const wire = await connectWire(gateway, { clientId: 'sender' });
  wire.write(...packets, { cmd: 'pingreq' });
  for (;;) {
    const answer = await wire.take().catch(() => null);
    if (answer === null) return false;
    if (answer.cmd !== 'pingresp') continue;
    await wire.disconnect();
    return true;
  }
}

/** How often somebody is asked for a verdict while a connection of its own publishes to these topics. */
async function askedFor(gateway: TestGateway, ...topics: readonly string[]): Promise<number> {
  const before = asked;
  const wire = await connectWire(gateway, { clientId: 'judged' });
  for (const topic of topics) await wire.ask(publishPacket(`asked/${topic}`, 1, 1), 'puback');
  await wire.disconnect();
  return asked - before;
}

interface Case {
  /** `emqx` unless given. */
  readonly app?: string;
  readonly key: string;
  readonly value: string;
  /** What a client sees that was connected before. Its answers differ by whether the value is in force. */
  readonly look: (gateway: TestGateway, wire: Wire) => Promise<unknown>;
  readonly usual: unknown;
  readonly changed: unknown;
}

const cases: readonly Case[] = [
  {
    key: 'mqtt.allow_anonymous',
    value: 'false',
    look: async (gateway, wire) => {
      await wire.settle();
      return knock(gateway);
    },
    usual: 0,
    changed: 5,
  },
  {
    key: 'mqtt.max_clientid_len',
    value: '10',
    look: (gateway) => knock(gateway, { clientId: 'x'.repeat(11) }),
    usual: 0,
    changed: 2,
  },
  {
    key: 'mqtt.max_topic_len',
    value: '20',
    look: async (gateway, wire) => [
      await granted(wire, 'x'.repeat(21)),
      await survives(gateway, publishPacket('y'.repeat(21))),
    ],
    usual: [0, true],
    changed: [128, false],
  },
  {
    key: 'mqtt.max_topic_levels',
    value: '2',
    look: async (gateway, wire) => [await granted(wire, 'a/b/+'), await survives(gateway, publishPacket('c/d/e'))],
    usual: [0, true],
    changed: [128, false],
  },
  {
    key: 'mqtt.max_packet_size',
    value: '1KB',
    look: (gateway) => survives(gateway, publishPacket('a', 0, undefined, 'x'.repeat(1100))),
    usual: true,
    changed: false,
  },
  {
    key: 'mqtt.max_qos_allowed',
    value: '0',
    look: async (gateway, wire) => [
      await granted(wire, 'q', 2),
      await isDelivered(gateway, wire, publishPacket('qos', 1, 1)),
      await isDelivered(gateway, wire, publishPacket('none', 0)),
      await knock(gateway, { will: { topic: 'w', payload: Buffer.from('x'), qos: 1, retain: false } }),
    ],
    usual: [2, true, true, 0],
    changed: [0, false, true, 5],
  },
  {
    key: 'mqtt.retain_available',
    value: 'off',
    look: async (gateway, wire) => {
      const answers = [
        await isDelivered(gateway, wire, retained('kept')),
        await knock(gateway, { will: { topic: 'w', payload: Buffer.from('x'), qos: 0, retain: true } }),
        gateway.gateway.broker.retained.get('kept') !== null,
      ];
      await gateway.gateway.broker.clearRetained(['kept', 'w']);
      return answers;
    },
    usual: [true, 0, true],
    changed: [false, 5, false],
  },
  {
    key: 'mqtt.wildcard_subscription',
    value: 'off',
    look: (_, wire) => wire.subscribe(['a/+', 0], ['#', 1], ['$share/g/b/#', 0], ['a', 1], ['$share/g/b', 0]),
    usual: [0, 1, 0, 1, 0],
    changed: [128, 128, 128, 1, 0],
  },
  {
    key: 'mqtt.shared_subscription',
    value: 'off',
    look: (_, wire) => wire.subscribe(['$share/g/s', 0], ['$queue/s', 1], ['s', 1]),
    usual: [0, 1, 1],
    changed: [128, 128, 1],
  },
  {
    key: 'mqtt.acl_deny_action',
    value: 'disconnect',
    look: (gateway) => survives(gateway, publishPacket('denied')),
    usual: true,
    changed: false,
  },
  {
    key: 'mqtt.refused_filters',
    value: 'secret/#,other',
    look: (_, wire) => wire.subscribe(['secret/#', 0], ['other', 0], ['secret/a', 0]),
    usual: [0, 0, 0],
    changed: [128, 128, 0],
  },
  {
    key: 'mqtt.acl_nomatch',
    value: 'deny',
    look: (_, wire) => granted(wire, 'anything'),
    usual: 0,
    changed: 128,
  },
  {
    key: 'mqtt.hook_failure',
    value: 'ignore',
    look: (gateway, wire) => isDelivered(gateway, wire, publishPacket('broken', 1, 1)),
    usual: false,
    changed: true,
  },
  {
    key: 'mqtt.enable_acl_cache',
    value: 'off',
    look: (gateway) => askedFor(gateway, 'a', 'a'),
    usual: 1,
    changed: 2,
  },
  {
    key: 'mqtt.acl_cache_max_size',
    value: '1',
    look: (gateway) => askedFor(gateway, 'a', 'b', 'a'),
    usual: 2,
    changed: 3,
  },
  {
    key: 'mqtt.max_awaiting_rel',
    value: '1',
    look: (gateway) => survives(gateway, publishPacket('a', 2, 1), publishPacket('a', 2, 2)),
    usual: true,
    changed: false,
  },
  { key: 'mqtt.max_connections', value: '1', look: (gateway) => knock(gateway), usual: 0, changed: null },
  { key: 'mqtt.max_connections_per_address', value: '1', look: (gateway) => knock(gateway), usual: 0, changed: null },
  {
    key: 'mqtt.max_subscriptions',
    value: '1',
    look: async (gateway) => {
      const wire = await connectWire(gateway, { clientId: 'subscriber' });
      const codes = await wire.subscribe(['one', 0], ['two', 0]);
      await wire.disconnect();
      return codes;
    },
    usual: [0, 0],
    changed: [0, 128],
  },
  {
    app: 'emqx_retainer',
    key: 'retainer.max_retained_messages',
    value: '1',
    look: async (gateway, wire) => {
      for (const topic of ['r1', 'r2']) await wire.ask(retained(topic), 'puback');
      return gateway.gateway.broker.clearRetained(['r1', 'r2']);
    },
    usual: 2,
    changed: 1,
  },
  {
    app: 'emqx_retainer',
    key: 'retainer.max_payload_size',
    value: '5',
    look: async (gateway, wire) => {
      await wire.ask({ ...retained('r'), payload: '123456' }, 'puback');
      return gateway.gateway.broker.clearRetained(['r']);
    },
    usual: 1,
    changed: 0,
  },
];

const name = ({ key, value }: Case): string => `${key} = ${value}`;

describe('a client that is connected', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway('', {}, undefined, [hooks]);
  });

  afterAll(() => gateway.close());

  test.each(cases.map((one) => [name(one), one] as const))(
    'sees %s at once when it is set over GraphQL, and that it is reset',
    async (_, { app, key, value, look, usual, changed }) => {
      const wire = await connectWire(gateway, { clientId: 'connected' });
      expect(await look(gateway, wire)).toEqual(usual);
      await set(gateway, key, value, app);
      expect(await look(gateway, wire)).toEqual(changed);
      await reset(gateway, key, app);
      expect(await look(gateway, wire)).toEqual(usual);
      await wire.disconnect();
    },
  );

  test.each(['3.0', '3.1', '3.2'])('sees at once what is set for the cluster in %s', async (profile) => {
    const keys = ['mqtt.max_clientid_len', 'mqtt.max_topic_levels', 'mqtt.wildcard_subscription'];
    const wire = await connectWire(gateway, { clientId: 'connected' });
    await set(gateway, 'rest.profile', profile, 'emqx_management');
    for (const { key, value, look, usual, changed } of cases.filter((one) => keys.includes(one.key))) {
      expect(await look(gateway, wire)).toEqual(usual);
      const { status, json } = await gateway.rest('/configs/emqx', { method: 'PUT', body: { key, value } });
      expect({ status, json }).toEqual({ status: 200, json: { code: 0 } });
      expect(await look(gateway, wire)).toEqual(changed);
      await reset(gateway, key);
    }
    await reset(gateway, 'rest.profile', 'emqx_management');
    await wire.disconnect();
  });

  test('waits for a verdict no longer than mqtt.hook_timeout says when it asks', async () => {
    await set(gateway, 'mqtt.hook_timeout', 3600);
    const wire = await connectWire(gateway, { clientId: 'connected' });
    await put(gateway, 'mqtt.hook_timeout', '1');
    await wire.ask(publishPacket('hanging', 1, 1), 'puback');
    await wire.disconnect();
    await reset(gateway, 'mqtt.hook_timeout');
  });

  test('is judged anew when the last verdict is older than mqtt.acl_cache_ttl says', async () => {
    await set(gateway, 'mqtt.acl_cache_ttl', 86_400);
    const wire = await connectWire(gateway, { clientId: 'connected' });
    const publish = () => wire.ask(publishPacket('asked/again', 1, 1), 'puback');
    const before = asked;
    await publish();
    await publish();
    expect(asked - before).toBe(1);
    await put(gateway, 'mqtt.acl_cache_ttl', '1');
    await eventually(async () => {
      await publish();
      return asked - before > 1;
    }, 'the verdict to grow old');
    await wire.disconnect();
    await reset(gateway, 'mqtt.acl_cache_ttl');
  });

  test('is banned for as long as the mqtt.flapping_ settings say when it goes and comes too often', async () => {
    await set(gateway, 'mqtt.enable_flapping_detect', 'on');
    await put(gateway, 'mqtt.flapping_threshold', '1');
    await put(gateway, 'mqtt.flapping_window', '600');
    await put(gateway, 'mqtt.flapping_banned_expiry_interval', '1');
    const flapping = { clientId: 'flapping' };
    expect([await knock(gateway, flapping), await knock(gateway, flapping)]).toEqual([0, 0]);
    const { domain } = gateway.gateway;
    const ban = () => domain.ban({ as: 'CLIENT_ID', who: 'flapping' });
    await eventually(async () => (await ban()) !== null, 'the ban');
    expect(await ban()).toMatchObject({ desc: 'more than 1 disconnects within 600 seconds' });
    expect(await knock(gateway, flapping)).toBe(5);
    await eventually(async () => (await ban()) === null, 'the end of the ban');
    expect(await knock(gateway, flapping)).toBe(0);
    await set(gateway, 'mqtt.enable_flapping_detect', 'off');
  });
});

describe('what is set over REST', () => {
  test.each(cases.map((one) => [name(one), one] as const))(
    'is seen at once, and by clients of the next start: %s',
    async (_, { app, key, value, look, changed }) => {
      const folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
      const before = await startGateway('', {}, folder, [hooks]);
      const wire = await connectWire(before, { clientId: 'connected' });
      await put(before, key, value, app);
      expect(await look(before, wire)).toEqual(changed);
      await before.close();

      const after = await startGateway('', {}, folder, [hooks]);
      const item = await after.graphql<unknown>(`{ configs(key: "${key}") { source } }`);
      expect(item).toEqual({ data: { configs: [{ source: 'OVERRIDE' }] } });
      // Nobody can come in where nobody is vouched for.
      if (key === 'mqtt.allow_anonymous') expect(await knock(after)).toEqual(changed);
      else expect(await look(after, await connectWire(after, { clientId: 'connected' }))).toEqual(changed);
      await after.close();
      rmSync(folder, { recursive: true, force: true });
    },
  );
});
