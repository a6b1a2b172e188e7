import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Hooks } from '../../src/broker/hooks.ts';
import type { BanKind } from '../../src/domain.ts';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { DOORS, type Doors, gone, openDoors, PROXY, type Way } from './support/doors.ts';

const NONE = { reason: null, by: null, desc: null, until: null };
const NOT_AUTHORIZED = 5;

const ban = ({ gateway }: TestGateway, as: BanKind, who: string, more: object = {}) =>
  Promise.resolve(gateway.domain.createBan({ as, who, ...NONE, ...more }, null));

const pardon = ({ gateway }: TestGateway): unknown => gateway.domain.deleteBans({ whoContains: '' });

describe.each(DOORS)('a ban at %s', (door) => {
  let doors: Doors;

  beforeAll(async () => {
    doors = await openDoors();
  });

  afterAll(() => doors.close());

  afterEach(() => pardon(doors));

  /** Answers of the one who is banned, and of somebody beside. */
  const answers = async (banned: object, other: object, way: Way = {}, otherWay = way) => {
    const refused = await doors.knock(banned, { door, ...way });
    const client = await doors.knock(other, { door, ...otherWay });
    return [refused, typeof client === 'number' ? client : 'in'];
  };

  test.each([
    ['CLIENT_ID', 'sensor-17', { clientId: 'sensor-17' }, { clientId: 'sensor-170' }],
    ['CLIENT_ID', '__proto__', { clientId: '__proto__' }, { clientId: 'constructor' }],
    ['CLIENT_ID', 'a/b%2F ü', { clientId: 'a/b%2F ü' }, { clientId: 'a/b/ ü' }],
    ['USERNAME', 'eve', { clientId: 'x', username: 'eve' }, { clientId: 'eve', username: 'Eve' }],
  ] as const)('by %s %s refuses its CONNECT with return code 5', async (as, who, banned, other) => {
    await ban(doors, as, who);
    expect(await answers(banned, other)).toEqual([NOT_AUTHORIZED, 'in']);
  });

  test.each([
    ['127.0.0.9', '127.0.0.9', '127.0.0.8'],
    ['::ffff:127.0.0.9', '127.0.0.9', '127.0.0.8'],
    ['127.0.8.0/22', '127.0.11.255', '127.0.12.0'],
  ])('by address %s refuses its CONNECT with return code 5', async (who, from, beside) => {
    await ban(doors, 'IP_ADDRESS', who);
    const client = { clientId: 'x' };
    expect(await answers(client, client, { from }, { from: beside })).toEqual([NOT_AUTHORIZED, 'in']);
  });

  test.each([
    ['203.0.113.5', 'PROXY TCP4 203.0.113.5 192.0.2.1 4711 1883\r\n', 'PROXY TCP4 203.0.113.6 192.0.2.1 4711 1883\r\n'],
    ['2001:db8:1::/47', 'PROXY TCP6 2001:db8:1:2::3 ::1 1 2\r\n', 'PROXY TCP6 2001:db8:2:2::3 ::1 1 2\r\n'],
  ])('by address %s refuses it behind a proxy, where it is not that of the proxy', async (who, header, other) => {
    await ban(doors, 'IP_ADDRESS', who);
    const client = { clientId: 'x' };
    const from = PROXY;
    expect(await answers(client, client, { from, header }, { from, header: other })).toEqual([NOT_AUTHORIZED, 'in']);
  });

  test('ends the connections that it concerns, and no other', async () => {
    const way = { door, from: '127.0.0.9' };
    const clients = [];
    for (const clientId of ['one', 'two']) clients.push(await doors.enter({ clientId, username: 'eve' }, way));
    const other = await doors.enter({ clientId: 'other', username: 'bob' }, way);
    for (const [as, who] of [
      ['CLIENT_ID', 'one'],
      ['USERNAME', 'eve'],
    ] as const) {
      expect(await ban(doors, as, who)).toMatchObject({ disconnectedCount: 1 });
    }
    await Promise.all(clients.map(gone));
    expect(other.connected).toBe(true);
    expect(await ban(doors, 'IP_ADDRESS', '127.0.0.8/30')).toMatchObject({ disconnectedCount: 1 });
    await gone(other);
    const port = { 'mqtt:tcp': 'mqtt', 'mqtt:ssl': 'mqttTls', 'mqtt:ws': 'webSocket', 'mqtt:wss': 'secureWebSocket' }[
      door
    ] as 'mqtt';
    await eventually(() => (doors.gateway.ports[port].shutdownCount.banned ?? 0) >= 3, 'the reason in shutdown_count');
  });

  test('is told to the operator with its reason, and to nobody else', async () => {
    await ban(doors, 'CLIENT_ID', `told-${door}`, { reason: 'flooding', until: 4_000_000_000_000 });
    expect(await doors.knock({ clientId: `told-${door}`, username: 'eve' }, { door })).toBe(NOT_AUTHORIZED);
    const [refusal] = await doors.gateway.domain.clientRefusals(`told-${door}`, null);
    expect(refusal).toMatchObject({
      kind: 'BAN',
      action: 'CONNECT',
      username: 'eve',
      topic: null,
      message: `client id 'told-${door}' is banned until 2096-10-02T07:06:40.000Z: flooding`,
    });
  });
});

describe('a ban', () => {
  let doors: Doors;

  afterEach(() => doors.close());

  test('is refused of proxies, of listed addresses and of the own address', async () => {
    doors = await openDoors(["ban_exempt: ['10.1.0.0/16', '2001:db8::1']"]);
    const refusal = (who: string, caller: string | null = null) =>
      Promise.resolve(doors.gateway.domain.createBan({ as: 'IP_ADDRESS', who, ...NONE }, caller)).then(
        () => null,
        ({ code, message }) => `${code} ${message}`,
      );
    expect(await refusal('127.0.0.0/8')).toBe(
      "PROTECTED '127.0.0.0/8' cannot be banned: a trusted proxy is there, 127.0.0.3",
    );
    expect(await refusal('10.1.2.3')).toBe(
      "PROTECTED '10.1.2.3' cannot be banned: 10.1.0.0/16 is exempt by mqtt.ban_exempt",
    );
    expect(await refusal('10.0.0.0/8')).toBe(
      "PROTECTED '10.0.0.0/8' cannot be banned: 10.1.0.0/16 is exempt by mqtt.ban_exempt",
    );
    expect(await refusal('2001:DB8::/32')).toBe(
      "PROTECTED '2001:db8::/32' cannot be banned: 2001:db8::1 is exempt by mqtt.ban_exempt",
    );
    expect(await refusal('192.0.2.0/24', '::ffff:192.0.2.7')).toBe(
      "PROTECTED '192.0.2.0/24' cannot be banned: it is your own address, 192.0.2.7",
    );
    expect(await refusal('192.0.2.0/24', '::1')).toBeNull();
    expect(await refusal('::/0', '192.0.2.7')).toContain('2001:db8::1 is exempt');
    const { meta } = await doors.gateway.domain.bans({ page: { page: 1, limit: 10, after: null }, filter: {} });
    expect(meta.count).toBe(1);
  });

  test('of an address that is exempt since keeps nobody out', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
    try {
      doors = await openDoors([], folder);
      await ban(doors, 'IP_ADDRESS', '127.0.9.0/24');
      await ban(doors, 'CLIENT_ID', 'sensor-17');
      const way = { from: '127.0.9.1' };
      expect(await doors.knock({ clientId: 'sensor-18' }, way)).toBe(NOT_AUTHORIZED);
      await doors.close();
      doors = await openDoors(["ban_exempt: ['127.0.9.1']"], folder);
      expect(await doors.knock({ clientId: 'sensor-18' }, way)).not.toBe(NOT_AUTHORIZED);
      expect(await doors.knock({ clientId: 'sensor-17' }, way)).toBe(NOT_AUTHORIZED);
      expect(await doors.knock({ clientId: 'sensor-18' }, { from: '127.0.9.2' })).toBe(NOT_AUTHORIZED);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('follows its settings while the broker runs', async () => {
    doors = await openDoors();
    const set = async (key: string, value: unknown): Promise<void> => {
      const query = 'mutation ($input: SetConfigInput!) { setConfig(input: $input) { configs { key } } }';
      const { errors } = await doors.graphql(query, { input: { app: 'emqx', key, value } });
      expect(errors).toBeUndefined();
    };
    const client = await doors.enter({ clientId: 'sensor-17' }, { from: '127.0.9.1' });
    await set('mqtt.ban_disconnects', 'off');
    expect(await ban(doors, 'CLIENT_ID', 'sensor-17')).toMatchObject({ disconnectedCount: 0 });
    await set('mqtt.ban_disconnects', 'on');
    expect(await ban(doors, 'CLIENT_ID', 'sensor-17')).toMatchObject({ disconnectedCount: 1 });
    await gone(client);

    await ban(doors, 'IP_ADDRESS', '127.0.9.0/24');
    expect(await doors.knock({ clientId: 'other' }, { from: '127.0.9.1' })).toBe(NOT_AUTHORIZED);
    await set('mqtt.ban_exempt', ['127.0.9.1']);
    expect(await doors.knock({ clientId: 'other' }, { from: '127.0.9.1' })).not.toBe(NOT_AUTHORIZED);
    await expect(ban(doors, 'IP_ADDRESS', '127.0.9.0/25')).rejects.toMatchObject({ code: 'PROTECTED' });

    await set('mqtt.max_bans', 2);
    await expect(ban(doors, 'CLIENT_ID', 'one more')).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });

    await set('mqtt.flapping_threshold', 1);
    await set('mqtt.max_bans', 3);
    await set('mqtt.enable_flapping_detect', 'on');
    for (let i = 0; i < 2; i++) await (await doors.enter({ clientId: 'fly' })).endAsync();
    const { domain } = doors.gateway;
    await eventually(async () => (await domain.ban({ as: 'CLIENT_ID', who: 'fly' })) !== null, 'the ban of who flaps');
  });

  test('leaves who is connected alone while mqtt.ban_disconnects is off', async () => {
    doors = await openDoors(['ban_disconnects: off']);
    const client = await doors.enter({ clientId: 'sensor-17' });
    expect(await ban(doors, 'CLIENT_ID', 'sensor-17')).toMatchObject({ disconnectedCount: 0 });
    await client.publishAsync('a', 'still here', { qos: 1 });
    expect(await doors.knock({ clientId: 'sensor-17' })).toBe(NOT_AUTHORIZED);
    expect(client.connected).toBe(true);
  });

  test('publishes the will of whom it disconnects, and keeps the session', async () => {
    doors = await openDoors();
    const watcher = await doors.enter({ clientId: 'watcher' });
    const received: string[] = [];
    watcher.on('message', (topic, payload) => received.push(`${topic} ${payload}`));
    await watcher.subscribeAsync('state/#');
    const will = { topic: 'state/sensor-17', payload: Buffer.from('gone'), qos: 1, retain: false } as const;
    const client = await doors.enter({ clientId: 'sensor-17', clean: false, will });
    await client.subscribeAsync('cmd', { qos: 1 });
    await ban(doors, 'CLIENT_ID', 'sensor-17');
    await eventually(() => received.length > 0, 'the will');
    expect(received).toEqual(['state/sensor-17 gone']);
    await watcher.publishAsync('cmd', 'kept', { qos: 1 });
    expect(await doors.knock({ clientId: 'sensor-17', clean: false })).toBe(NOT_AUTHORIZED);

    await pardon(doors);
    const back = await doors.enter({ clientId: 'sensor-17', clean: false, will });
    const commands: string[] = [];
    back.on('message', (topic, payload) => commands.push(`${topic} ${payload}`));
    await eventually(() => commands.length > 0, 'the message that was kept');
    expect(commands).toEqual(['cmd kept']);
    // A refused CONNECT left no will of its own.
    expect(received).toEqual(['state/sensor-17 gone']);
  });

  test('that ends lets in again, as soon as its time has come', async () => {
    doors = await openDoors();
    const until = Date.now() + 300;
    await ban(doors, 'CLIENT_ID', 'sensor-17', { until });
    await ban(doors, 'IP_ADDRESS', '127.0.0.9', { until: until + 100 });
    const knock = () => doors.knock({ clientId: 'sensor-17' }, { from: '127.0.0.9' });
    await eventually(async () => (await knock()) !== NOT_AUTHORIZED, 'the bans to end');
    expect(Date.now()).toBeGreaterThanOrEqual(until + 100);
    const query = { page: { page: 1, limit: 10, after: null }, filter: {} };
    await eventually(async () => (await doors.gateway.domain.bans(query)).meta.count === 0, 'an empty list');
  });

  test('holds until the last that concerns a client has ended', async () => {
    doors = await openDoors();
    await ban(doors, 'USERNAME', 'eve', { until: 4_000_000_000_000, reason: 'long' });
    await ban(doors, 'CLIENT_ID', 'sensor-17', { until: 3_000_000_000_000, reason: 'short' });
    const client = { clientId: 'sensor-17', username: 'eve' };
    expect(await doors.knock(client)).toBe(NOT_AUTHORIZED);
    await doors.gateway.domain.deleteBan({ as: 'USERNAME', who: 'eve' });
    expect(await doors.knock(client)).toBe(NOT_AUTHORIZED);
    const messages = (await doors.gateway.domain.clientRefusals('sensor-17', null)).map(({ message }) => message);
    expect(messages).toEqual([
      expect.stringMatching(/^client id 'sensor-17' .*: short$/),
      expect.stringMatching(/^user name 'eve' .*: long$/),
    ]);
    await doors.gateway.domain.deleteBan({ as: 'CLIENT_ID', who: 'sensor-17' });
    expect(await doors.knock(client)).not.toBe(NOT_AUTHORIZED);
  });

  test('holds over a restart, but one whose time came meanwhile does not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
    try {
      doors = await openDoors([], folder);
      await ban(doors, 'CLIENT_ID', 'sensor-17', { reason: 'flooding' });
      await ban(doors, 'USERNAME', 'eve');
      await ban(doors, 'IP_ADDRESS', '127.0.8.0/22');
      await ban(doors, 'CLIENT_ID', 'pardoned');
      await doors.gateway.domain.deleteBan({ as: 'CLIENT_ID', who: 'pardoned' });
      const until = Date.now() + 100;
      await ban(doors, 'CLIENT_ID', 'short', { until });
      await doors.close();
      await eventually(() => Date.now() > until, 'the end of the short ban');
      doors = await openDoors([], folder);
      expect(await doors.knock({ clientId: 'sensor-17' })).toBe(NOT_AUTHORIZED);
      expect(await doors.knock({ clientId: 'x', username: 'eve' })).toBe(NOT_AUTHORIZED);
      expect(await doors.knock({ clientId: 'x' }, { from: '127.0.9.1' })).toBe(NOT_AUTHORIZED);
      for (const clientId of ['pardoned', 'short']) {
        expect(await doors.knock({ clientId })).not.toBe(NOT_AUTHORIZED);
      }
      const query = { page: { page: 1, limit: 10, after: null }, filter: {} };
      const { items } = await doors.gateway.domain.bans(query);
      expect(items.map(({ who }) => who)).toEqual(['sensor-17', 'eve', '127.0.8.0/22']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('of a range finds the few among many connections', async () => {
    doors = await openDoors();
    const clients = await Promise.all(
      Array.from({ length: 40 }, (_, i) => doors.enter({ clientId: `c${i}` }, { from: `127.0.${i % 4}.9` })),
    );
    expect(await ban(doors, 'IP_ADDRESS', '127.0.2.0/23')).toMatchObject({ disconnectedCount: 20 });
    await Promise.all(clients.filter((_, i) => i % 4 >= 2).map(gone));
    expect(clients.filter(({ connected }) => connected).length).toBe(20);
  });
});

describe('a ban that comes while a client is on its way in', () => {
  let gateway: TestGateway;
  let isAsked: () => void;
  let allow: () => void;
  let asked = 0;

  beforeAll(async () => {
    const hooks: Hooks = {
      authenticate: () => {
        asked++;
        isAsked();
        return new Promise((resolve) => {
          allow = () => resolve('allow');
        });
      },
    };
    gateway = await startGateway('', {}, undefined, [hooks]);
  });

  afterAll(() => gateway.close());

  test('catches it when it has been vouched for, and touches nobody else', async () => {
    const arrived = new Promise<void>((resolve) => {
      isAsked = resolve;
    });
    const coming = gateway.connect({ clientId: 'sensor-17' });
    const refused = expect(coming).rejects.toMatchObject({ code: NOT_AUTHORIZED });
    await arrived;
    await ban(gateway, 'CLIENT_ID', 'sensor-17');
    allow();
    await refused;
    expect(gateway.gateway.broker.registry.connectionsCount).toBe(0);
  });

  test('that stands already is found before any plugin is asked', async () => {
    const before = asked;
    await expect(gateway.connect({ clientId: 'sensor-17' })).rejects.toMatchObject({ code: NOT_AUTHORIZED });
    expect(asked).toBe(before);
  });
});
