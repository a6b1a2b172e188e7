import type { MqttClient } from 'mqtt';
import { afterEach, describe, expect, test } from 'vitest';
import type { ClientInfo, Hooks, Verdict, Vouched } from '../../src/broker/hooks.ts';
import type { Plugin } from '../../src/plugins/plugin.ts';
import { publishPacket } from '../broker/wire.ts';
import { deferred, fake } from './support/fakes.ts';
import { openPluginHouse, type PluginHouse, type PluginHouseOptions } from './support/house.ts';

let house: PluginHouse;
const start = async (
  plugins: readonly Plugin[],
  options: Omit<PluginHouseOptions, 'plugins'> = {},
): Promise<PluginHouse> => {
  house = await openPluginHouse({ plugins, ...options });
  return house;
};

afterEach(() => house.close());

const judge = (name: string, hooks: Hooks, more: Partial<Plugin> = {}): Plugin =>
  fake(name, () => ({ hooks }), { type: 'auth', ...more });

const vouch = (name: string, verdict: Vouched, more: Partial<Plugin> = {}): Plugin =>
  judge(name, { authenticate: () => verdict }, more);

/** The return code of the CONNACK; 0 is welcome. */
async function connack(clientId = 'ann'): Promise<number> {
  try {
    const client = await house.connect({ clientId });
    await client.endAsync();
    return 0;
  } catch (refused) {
    return (refused as { readonly code: number }).code;
  }
}

/** Whether a message of this client reaches somebody who subscribes to everything. */
async function reaches(client: MqttClient, topic: string): Promise<boolean> {
  const listener = await house.connect({ clientId: 'listener' });
  await listener.subscribeAsync('#');
  const topics: string[] = [];
  const end = new Promise<void>((resolve) =>
    listener.on('message', (received) => {
      topics.push(received);
      if (received === 'end') resolve();
    }),
  );
  await client.publishAsync(topic, 'x', { qos: 1 });
  await house.broker.publish({ topic: 'end', payload: Buffer.from(''), qos: 1, retain: false, clientId: 'test' });
  await end;
  await listener.endAsync();
  return topics.includes(topic);
}

/** What the SUBACK says of one filter. */
async function granted(client: MqttClient, topicFilter: string): Promise<number | undefined> {
  try {
    return (await client.subscribeAsync(topicFilter, { qos: 1 }))[0]?.qos;
  } catch (refused) {
    return (refused as { readonly packet: { readonly granted: readonly number[] } }).packet.granted[0];
  }
}

describe('plugins are asked', () => {
  test('by their order, those of one order by their name, until one of them does not ignore', async () => {
    const asked: string[] = [];
    const ask = (name: string, order: number, verdict: Vouched): Plugin =>
      judge(
        name,
        {
          authenticate() {
            asked.push(name);
            return verdict;
          },
        },
        { order, isActiveAtFirst: true },
      );
    const ignoring = ['d', 'b', 'c'].map((name) => ask(name, name === 'd' ? 1 : 2, 'ignore'));
    await start([ask('z', 3, 'deny'), ask('last', 4, 'allow'), ...ignoring]);
    expect(await connack()).toBe(5);
    expect(asked).toEqual(['d', 'b', 'c', 'z']);
    asked.length = 0;
    await house.host.unload('z');
    expect(await connack()).toBe(0);
    expect(asked).toEqual(['d', 'b', 'c', 'last']);
    asked.length = 0;
    // In its place, however late it comes.
    await house.host.load('z');
    expect(await connack()).toBe(5);
    expect(asked).toEqual(['d', 'b', 'c', 'z']);
  });

  test('from the next packet on when they are loaded, and no longer when they are unloaded; nobody is disconnected', async () => {
    const acl = judge('acl', { authorizePublish: () => 'deny', authorizeSubscribe: () => 'deny' });
    const { host, connect } = await start([acl]);
    const client = await connect({ clientId: 'ann' });
    expect([await reaches(client, 'a'), await granted(client, 'b')]).toEqual([true, 1]);
    await host.load('acl');
    expect([await granted(client, 'c')]).toEqual([128]);
    let isClosed = false;
    client.on('close', () => {
      isClosed = true;
    });
    const received: string[] = [];
    client.on('message', (topic) => received.push(topic));
    await client.publishAsync('b', 'refused', { qos: 1 });
    await host.unload('acl');
    const came = new Promise((resolve) => client.once('message', resolve));
    await client.publishAsync('b', 'taken', { qos: 1 });
    await came;
    expect([received, isClosed]).toEqual([['b'], false]);
  });
});

describe('when every plugin ignores a client', () => {
  test.each([
    [true, 0],
    [false, 5],
  ])('allow_anonymous %s answers %d', async (allowAnonymous, code) => {
    await start([vouch('one', 'ignore'), judge('other', {})], { allowAnonymous });
    expect(await connack()).toBe(code);
    await house.host.load('one');
    await house.host.load('other');
    expect(await connack()).toBe(code);
  });

  test('one that allows it lets it in without allow_anonymous, until it is unloaded', async () => {
    const { host } = await start([vouch('one', 'allow')], { allowAnonymous: false });
    await host.load('one');
    expect(await connack()).toBe(0);
    await host.unload('one');
    expect(await connack()).toBe(5);
  });
});

describe.each([
  ['allow', 0, true, 1],
  ['ignore', 0, true, 1],
  ['deny', 5, false, 128],
] as const)('with mqtt.hook_failure %s a plugin', (hookFailure, code, isTaken, qos) => {
  const limits = { hookFailure, hookTimeout: 0.02 };
  const failing: readonly (readonly [string, () => Promise<Verdict> | Verdict])[] = [
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('no');
      },
    ],
    ['is late', () => new Promise(() => {})],
  ];

  test.each(failing)('that %s counts so for a CONNECT', async (_how, fail) => {
    await start([judge('bad', { authenticate: fail }, { isActiveAtFirst: true })], { limits });
    expect(await connack()).toBe(code);
  });

  test.each(failing)('that %s counts so for a PUBLISH and a SUBSCRIBE', async (_how, fail) => {
    const only = (client: ClientInfo): Promise<Verdict> | Verdict => (client.clientId === 'ann' ? fail() : 'allow');
    const hooks = { authorizePublish: only, authorizeSubscribe: only };
    await start([judge('bad', hooks, { isActiveAtFirst: true })], { limits });
    const client = await house.connect({ clientId: 'ann' });
    expect([await reaches(client, 'a'), await granted(client, 'b')]).toEqual([isTaken, qos]);
  });

  test('that judges and cannot be loaded at the start counts so until it is loaded or unloaded', async () => {
    let isBroken = true;
    const broken = fake(
      'broken',
      () => {
        if (isBroken) throw new Error('its file is not there');
        return { hooks: { authenticate: () => 'allow' } };
      },
      { type: 'auth', isActiveAtFirst: true },
    );
    const { host } = await start([broken], { limits });
    expect(host.get('broken')).toMatchObject({ active: false, failure: 'its file is not there' });
    expect(await connack()).toBe(code);
    await expect(host.load('broken')).rejects.toThrow('its file is not there');
    expect(await connack()).toBe(code);
    if (code === 0) {
      // Nobody speaks for the broker because of it.
      const wire = await house.wire();
      wire.write(publishPacket('$SYS/brokers', 0));
      await wire.closed;
    }
    await host.unload('broken');
    expect(await connack()).toBe(0);
    isBroken = false;
    await host.load('broken');
    expect(await connack()).toBe(0);
  });

  test('that judges and fails when it is taken into use, in the place of another, counts so', async () => {
    let isBroken = false;
    const begin = (): void => {
      if (isBroken) throw new Error('no');
    };
    const hooks = { authenticate: (): Vouched => 'allow', authorizePublish: (): Verdict => 'allow' };
    await start([fake('odd', () => ({ hooks, start: begin }), { type: 'auth', isActiveAtFirst: true })], { limits });
    const client = await house.connect({ clientId: 'ann' });
    isBroken = true;
    await expect(house.host.reload('odd')).rejects.toThrow('no');
    expect(await connack('bob')).toBe(code);
    await client.publishAsync('a', 'x', { qos: 1 });
    expect(client.connected).toBe(true);
  });
});

describe('with mqtt.acl_nomatch deny', () => {
  test('what all ignore is refused, and what one allows is taken', async () => {
    const acl = judge(
      'acl',
      {
        authorizePublish: (_client, topic) => (topic.startsWith('own/') ? 'allow' : 'ignore'),
        authorizeSubscribe: (client, topicFilter) =>
          client.clientId === 'listener' || topicFilter.startsWith('own/') ? 'allow' : 'ignore',
      },
      { isActiveAtFirst: true },
    );
    await start([acl], { limits: { aclNomatch: 'deny' } });
    const client = await house.connect({ clientId: 'ann' });
    expect([await reaches(client, 'own/a'), await granted(client, 'own/#')]).toEqual([true, 1]);
    expect([await reaches(client, 'a'), await granted(client, '#')]).toEqual([false, 128]);
  });
});

describe('a superuser', () => {
  test('is asked nothing about topics, but does not speak for the broker', async () => {
    const asked: string[] = [];
    const who = judge('who', { authenticate: ({ clientId }) => (clientId === 'root' ? 'superuser' : 'allow') });
    const acl = judge('acl', {
      authorizePublish({ clientId }) {
        asked.push(clientId);
        return 'deny';
      },
      authorizeSubscribe: ({ clientId }) => (clientId === 'listener' ? 'allow' : 'deny'),
    });
    await start([who, acl], { limits: { aclNomatch: 'deny' } });
    await house.host.load('who');
    await house.host.load('acl');
    const root = await house.connect({ clientId: 'root' });
    expect([await reaches(root, 'a'), await granted(root, 'b'), await granted(root, '$SYS/#')]).toEqual([true, 1, 1]);
    expect(house.broker.registry.sessionsById.get('root')?.connection?.isSuperuser).toBe(true);
    expect(asked).toEqual([]);
    const ann = await house.connect({ clientId: 'ann' });
    expect([await reaches(ann, 'a'), await granted(ann, 'b')]).toEqual([false, 128]);
  });
});

/** Reloads plugins one after the other until it is stopped; answers how often. */
function reloading(...names: string[]): () => Promise<number> {
  let isStopped = false;
  let count = 0;
  const loop = (async () => {
    while (!isStopped) {
      for (const name of names) {
        await house.host.reload(name);
        count++;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  return async () => {
    isStopped = true;
    await loop;
    return count;
  };
}

/** Says it after a turn of the event loop, if it has not been unloaded before it was asked. */
function slow(name: string, judgeOf: (client: ClientInfo) => Verdict): Plugin {
  const make = () => {
    let isUnloaded = false;
    const say = async (client: ClientInfo): Promise<Verdict> => {
      if (isUnloaded) throw new Error('asked after it was unloaded');
      await new Promise((resolve) => setImmediate(resolve));
      return judgeOf(client);
    };
    const hooks: Hooks = { authenticate: say, authorizePublish: say };
    return {
      hooks,
      unload() {
        isUnloaded = true;
      },
    };
  };
  const load = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return make();
  };
  return fake(name, load, { type: 'auth', isActiveAtFirst: true });
}

describe('while plugins are loaded anew over and over again', () => {
  const ROUNDS = 60;

  test('no stranger comes in, no client is refused or dropped, and each message is judged', async () => {
    const first = slow('first', () => 'ignore');
    const second = slow('second', ({ clientId }) => (clientId.startsWith('stranger') ? 'deny' : 'allow'));
    // A gap would let strangers in.
    await start([first, second], { allowAnonymous: true });
    const steady = await house.connect({ clientId: 'steady' });
    const publisher = await house.connect({ clientId: 'publisher' });
    let dropped = 0;
    for (const client of [steady, publisher]) client.on('close', () => dropped++);
    await steady.subscribeAsync('a', { qos: 1 });
    const received: string[] = [];
    const whole = new Promise<void>((resolve) =>
      steady.on('message', (_topic, payload) => {
        received.push(String(payload));
        if (received.length === ROUNDS) resolve();
      }),
    );

    const stop = reloading('first', 'second');
    const codes = { welcome: new Set<number>(), stranger: new Set<number>() };
    for (let round = 0; round < ROUNDS; round++) {
      const [welcome, stranger] = await Promise.all([
        connack(`welcome-${round % 5}`),
        connack(`stranger-${round % 5}`),
        publisher.publishAsync('a', String(round), { qos: 1 }),
      ]);
      codes.welcome.add(welcome);
      codes.stranger.add(stranger);
    }
    await whole;
    expect(await stop()).toBeGreaterThan(ROUNDS / 10);
    expect([...codes.welcome]).toEqual([0]);
    expect([...codes.stranger]).toEqual([5]);
    expect(received).toEqual(Array.from({ length: ROUNDS }, (_, i) => String(i)));
    expect(dropped).toBe(0);
    expect(house.logged).toEqual([]);
  });

  test('nothing that is refused gets through', async () => {
    const acl = slow('acl', ({ clientId }) => (clientId === 'mute' ? 'ignore' : 'allow'));
    const last = fake(
      'last',
      () => ({ hooks: { authorizePublish: ({ clientId }) => (clientId === 'mute' ? 'deny' : 'allow') } }),
      {
        order: 1,
        isActiveAtFirst: true,
      },
    );
    await start([acl, last]);
    const mute = await house.connect({ clientId: 'mute' });
    const speaker = await house.connect({ clientId: 'speaker' });
    const received = new Set<string>();
    speaker.on('message', (topic) => received.add(topic));
    await speaker.subscribeAsync('#', { qos: 1 });
    const stop = reloading('acl', 'last');
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all([mute.publishAsync('refused', '', { qos: 1 }), speaker.publishAsync('taken', '', { qos: 1 })]);
    }
    await stop();
    expect([...received]).toEqual(['taken']);
    expect([mute.connected, speaker.connected]).toEqual([true, true]);
  });
});

describe('a question that is under way', () => {
  test('goes on with the instance that is there by then', async () => {
    const answer = deferred<Vouched>();
    const isAsked = deferred<void>();
    const slowly = judge('a', {
      authenticate() {
        isAsked.resolve();
        return answer.promise;
      },
    });
    const asked: number[] = [];
    let instances = 0;
    const next = fake(
      'b',
      () => {
        const instance = ++instances;
        return {
          hooks: {
            authenticate() {
              asked.push(instance);
              return 'deny';
            },
          },
        };
      },
      { order: 1 },
    );
    await start([slowly, next]);
    await house.host.load('a');
    await house.host.load('b');
    const code = connack();
    await isAsked.promise;
    await house.host.reload('b');
    answer.resolve('ignore');
    expect([await code, asked]).toEqual([5, [2]]);
  });

  test('is decided by the instance that was asked, when that one leaves meanwhile', async () => {
    const answer = deferred<Vouched>();
    const isAsked = deferred<void>();
    const slowly = judge('a', {
      authenticate() {
        isAsked.resolve();
        return answer.promise;
      },
    });
    await start([slowly]);
    await house.host.load('a');
    const code = connack();
    await isAsked.promise;
    await house.host.unload('a');
    answer.resolve('deny');
    expect(await code).toBe(5);
  });
});
