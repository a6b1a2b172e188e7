import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AclCache } from '../../src/broker/acl-cache.ts';
import { type Hooks, NoVerdict, type Verdict } from '../../src/broker/hooks.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { connectWire, publishPacket, subscribePacket } from './wire.ts';

/** What the ACL was asked: `pub` or `sub`, client id, topic, QoS. */
let asked: string[];
let verdict: Verdict;

/** An ACL that looks something up before it says anything. */
const createAcl = (): Hooks => {
  const say = async (text: string): Promise<Verdict> => {
    asked.push(text);
    const said = verdict;
    await new Promise(setImmediate);
    return said;
  };
  return {
    authorizePublish: ({ clientId }, topic, qos, retain) => say(`pub ${clientId} ${topic} ${qos}${retain ? ' r' : ''}`),
    authorizeSubscribe: ({ clientId }, topicFilter, qos) => say(`sub ${clientId} ${topicFilter} ${qos}`),
  };
};

let gateway: TestGateway;

const start = async (yaml = '', hooks: readonly Hooks[] = [createAcl()]): Promise<void> => {
  gateway = await startGateway(yaml, {}, undefined, hooks);
};

beforeEach(() => {
  asked = [];
  verdict = 'allow';
});

describe('the ACL cache', () => {
  afterEach(() => gateway.close());

  test('asks once for a topic, however often a connection publishes to it', async () => {
    await start();
    const client = await gateway.connect({ clientId: 'ann' });
    for (let i = 0; i < 5; i++) await client.publishAsync('t', 'x', { qos: 1 });
    await client.publishAsync('u', 'x', { qos: 1 });
    expect(asked).toEqual(['pub ann t 1', 'pub ann u 1']);
  });

  test('keeps QoS, RETAIN and what is done with a topic apart', async () => {
    await start();
    const client = await gateway.connect({ clientId: 'ann' });
    for (let i = 0; i < 2; i++) {
      await client.publishAsync('t', 'x', { qos: 2 });
      await client.publishAsync('t', 'x', { qos: 1 });
      await client.publishAsync('t', 'x', { qos: 1, retain: true });
      await client.subscribeAsync('t', { qos: 1 });
      await client.subscribeAsync('t', { qos: 2 });
    }
    expect(asked).toEqual(['pub ann t 2', 'pub ann t 1', 'pub ann t 1 r', 'sub ann t 1', 'sub ann t 2']);
  });

  test('belongs to one connection', async () => {
    await start();
    const first = await gateway.connect({ clientId: 'ann' });
    await first.publishAsync('t', 'x', { qos: 1 });
    const other = await gateway.connect({ clientId: 'bob' });
    await other.publishAsync('t', 'x', { qos: 1 });
    await first.endAsync();
    const second = await gateway.connect({ clientId: 'ann' });
    await second.publishAsync('t', 'x', { qos: 1 });
    expect(asked).toEqual(['pub ann t 1', 'pub bob t 1', 'pub ann t 1']);
  });

  test('remembers a refusal: no message passes, and nobody is asked again', async () => {
    await start();
    verdict = 'deny';
    const wire = await connectWire(gateway);
    for (const messageId of [1, 2]) {
      wire.write(subscribePacket(messageId, ['t', 1]));
      expect(await wire.next('suback')).toMatchObject({ granted: [128] });
    }
    expect(asked).toHaveLength(1);
    await wire.disconnect();
  });

  test('does not remember what failed', async () => {
    let failures = 2;
    const acl: Hooks = {
      async authorizeSubscribe(_client, topicFilter): Promise<Verdict> {
        asked.push(topicFilter);
        await new Promise(setImmediate);
        if (failures-- > 0) throw new NoVerdict('the server is away');
        return 'allow';
      },
    };
    await start('', [acl]);
    const wire = await connectWire(gateway);
    for (const [messageId, granted] of [128, 128, 1, 1].entries()) {
      wire.write(subscribePacket(messageId + 1, ['t', 1]));
      expect(await wire.next('suback')).toMatchObject({ granted: [granted] });
    }
    expect(asked).toEqual(['t', 't', 't']);
    await wire.disconnect();
  });

  test('does not keep what a hook says at once: that is asked each time', async () => {
    const acl: Hooks = {
      authorizePublish(_client, topic) {
        asked.push(topic);
        return 'allow';
      },
    };
    await start('', [acl]);
    const client = await gateway.connect();
    for (let i = 0; i < 3; i++) await client.publishAsync('t', 'x', { qos: 1 });
    expect(asked).toEqual(['t', 't', 't']);
  });

  test('is off when it is turned off', async () => {
    await start('mqtt: {enable_acl_cache: off}');
    const client = await gateway.connect({ clientId: 'ann' });
    for (let i = 0; i < 2; i++) await client.publishAsync('t', 'x', { qos: 1 });
    expect(asked).toEqual(['pub ann t 1', 'pub ann t 1']);
  });

  test('forgets the oldest verdict when there are more than it may keep', async () => {
    await start('mqtt: {acl_cache_max_size: 2}');
    const client = await gateway.connect({ clientId: 'ann' });
    for (const topic of ['a', 'b', 'c', 'b', 'c', 'a']) await client.publishAsync(topic, 'x', { qos: 1 });
    expect(asked).toEqual(['pub ann a 1', 'pub ann b 1', 'pub ann c 1', 'pub ann a 1']);
  });

  test('has nothing to say of a plugin that is loaded anew', async () => {
    await start('', []);
    const { hooks } = gateway.gateway.broker;
    hooks.replace([createAcl()]);
    const client = await gateway.connect({ clientId: 'ann' });
    await client.publishAsync('t', 'x', { qos: 1 });
    hooks.replace([createAcl()]);
    await client.publishAsync('t', 'x', { qos: 1 });
    expect(asked).toEqual(['pub ann t 1', 'pub ann t 1']);
  });

  test('stays when another plugin comes or goes', async () => {
    await start('', []);
    const { hooks } = gateway.gateway.broker;
    const acl = createAcl();
    hooks.replace([acl]);
    const client = await gateway.connect({ clientId: 'ann' });
    await client.publishAsync('t', 'x', { qos: 1 });
    hooks.replace([{}, acl]);
    await client.publishAsync('t', 'x', { qos: 1 });
    expect(asked).toEqual(['pub ann t 1']);
  });
});

describe('DELETE /connections/:clientid/acl/:topic', () => {
  afterEach(() => gateway.close());

  test('makes the ACL say anew what it says of a topic', async () => {
    await start();
    const client = await gateway.connect({ clientId: 'ann' });
    await client.subscribeAsync('t', { qos: 1 });
    await client.subscribeAsync('u', { qos: 1 });
    verdict = 'deny';
    await client.subscribeAsync('t', { qos: 1 });
    expect((await gateway.rest('/connections/ann/acl/t', { method: 'DELETE' })).json).toBe('ok');
    await expect(client.subscribeAsync('t', { qos: 1 })).rejects.toThrow('Unspecified error');
    await client.subscribeAsync('u', { qos: 1 });
    expect(asked).toEqual(['sub ann t 1', 'sub ann u 1', 'sub ann t 1']);
  });

  test('does not keep a verdict that was asked for before and comes after it', async () => {
    let answer: (verdict: Verdict) => void = () => {};
    const waiting = new Set<() => void>();
    const acl: Hooks = {
      authorizePublish: (_client, topic) =>
        new Promise((resolve) => {
          asked.push(topic);
          answer = resolve;
          for (const tell of waiting) tell();
        }),
    };
    const isAsked = (): Promise<void> => new Promise((resolve) => void waiting.add(resolve));
    await start('', [acl]);
    const wire = await connectWire(gateway, { clientId: 'ann' });
    const first = isAsked();
    wire.write(publishPacket('t', 1, 1));
    await first;
    await gateway.rest('/connections/ann/acl/t', { method: 'DELETE' });
    answer('allow');
    await wire.next('puback');
    const second = isAsked();
    wire.write(publishPacket('t', 1, 2));
    await second;
    answer('deny');
    await wire.next('puback');
    expect(asked).toEqual(['t', 't']);
    await wire.disconnect();
  });
});

describe('a verdict in the cache', () => {
  afterEach(() => vi.restoreAllMocks());

  test('is too old when its time is over', () => {
    const now = vi.spyOn(performance, 'now').mockReturnValue(1000);
    const limits = { enableAclCache: 'on', aclCacheMaxSize: 32, aclCacheTtl: 60 } as const;
    const cache = new AclCache();
    cache.put('1 0 t', 't', 'allow', limits);
    now.mockReturnValue(60_999);
    expect(cache.get('1 0 t', limits)).toBe('allow');
    now.mockReturnValue(61_000);
    expect(cache.get('1 0 t', limits)).toBeNull();
    expect(cache.size).toBe(0);
  });
});
