import { describe, expect, test } from 'vitest';
import { connectionOf, sessionOf } from '../broker/figures.ts';
import { connectPacket, useBroker, will } from './support/broker.ts';
import {
  type ConnectBytes,
  connectBytes,
  FLAG,
  field,
  packet,
  publishBytes,
  subscribeBytes,
  unsubscribeBytes,
} from './support/bytes.ts';
import { publish, subscribe } from './support/client.ts';

const broker = useBroker();
const ID = Buffer.from([0, 1]);
const [id, topic, text] = [field('malformed'), field('topic'), field('text')];

describe('3.1 CONNECT', () => {
  test.each([
    ['PUBLISH', publishBytes('a')],
    ['PUBACK', packet(0x40, ID)],
    ['PUBREL', packet(0x62, ID)],
    ['SUBSCRIBE', subscribeBytes(['a', 0])],
    ['UNSUBSCRIBE', unsubscribeBytes('a')],
    ['PINGREQ', packet(0xc0)],
    ['DISCONNECT', packet(0xe0)],
  ])('[MQTT-3.1.0-1] a %s before the CONNECT ends the connection', async (_, bytes) => {
    expect(await broker.answersTo(bytes)).toEqual([]);
  });

  test('[MQTT-3.1.0-2] a second CONNECT ends the connection', async () => {
    const client = await broker.connect();
    client.write(connectPacket({ clientId: client.clientId }));
    expect(await client.untilClosed()).toEqual([]);
  });

  test('[MQTT-3.1.0-2] a second CONNECT right behind the first ends the connection', async () => {
    expect(await broker.answersTo(connectBytes(), connectBytes())).toEqual(['connack 0']);
  });
});

describe('3.1.2 the variable header of CONNECT', () => {
  test.each(['mqtt', 'MQTX', 'MQTT5', ''])('[MQTT-3.1.2-1] the protocol name %j is refused', async (name) => {
    expect(await broker.answersTo(connectBytes({ name }))).toEqual([]);
  });

  test.each([0, 1, 2, 6, 127])('[MQTT-3.1.2-2] the protocol level %i is answered with 1', async (level) => {
    expect(await broker.answersTo(connectBytes({ level }))).toEqual(['connack 1']);
  });

  test('[MQTT-3.1.2-2] a CONNECT of MQTT 5 is answered with 1', async () => {
    const client = await broker.open();
    client.write(packet(0x10, field('MQTT'), 5, FLAG.clean, 0, 0, 0, field('five')));
    const { bytes } = await client.next('connack');
    expect(bytes.toString('hex')).toBe('20020001');
    expect(await client.untilClosed()).toEqual([]);
  });

  test('[MQTT-3.1.2-3] the reserved flag ends the connection', async () => {
    expect(await broker.answersTo(connectBytes({ flags: FLAG.clean | FLAG.reserved }))).toEqual([]);
  });

  test('[MQTT-3.1.2-4] a persistent session is resumed with its subscriptions', async () => {
    const first = await broker.connect({ clientId: 'resumed', clean: false });
    expect(await first.subscribe(['resumed/+', 1])).toEqual([1]);
    await first.disconnect();
    const second = await broker.connect({ clientId: 'resumed', clean: false });
    await (await broker.connect()).publish('resumed/a', 1);
    expect(await second.message()).toBe('resumed/a=x q1');
  });

  test('[MQTT-3.1.2-5] messages with QoS 1 and 2 wait for a persistent session', async () => {
    const away = await broker.connect({ clientId: 'away', clean: false });
    await away.subscribe(['away/#', 2]);
    await away.vanish();
    const publisher = await broker.connect();
    await publisher.publish('away/1', 1);
    await publisher.publish('away/2', 2);
    const back = await broker.connect({ clientId: 'away', clean: false });
    expect([await back.message(), await back.message()]).toEqual(['away/1=x q1', 'away/2=x q2']);
  });

  test('[MQTT-3.1.2-6] a clean session discards subscriptions and messages of the one before', async () => {
    const persistent = await broker.connect({ clientId: 'wiped', clean: false });
    await persistent.subscribe(['wiped', 1]);
    await persistent.disconnect();
    const publisher = await broker.connect();
    await publisher.publish('wiped', 1, { payload: 'queued' });
    const clean = await broker.connect({ clientId: 'wiped', clean: true });
    await publisher.publish('wiped', 1, { payload: 'live' });
    expect(await broker.received(clean, publisher)).toEqual([]);
    await clean.disconnect();
    const again = await broker.connect({ clientId: 'wiped', clean: false });
    expect(again.sessionPresent).toBe(false);
    expect(await broker.received(again, publisher)).toEqual([]);
  });

  test('[MQTT-3.1.2-6] a clean session ends with its connection', async () => {
    const clean = await broker.connect({ clientId: 'short', clean: true });
    await clean.subscribe(['short', 1]);
    await clean.vanish();
    const publisher = await broker.connect();
    await publisher.publish('short', 1);
    const next = await broker.connect({ clientId: 'short', clean: false });
    expect(next.sessionPresent).toBe(false);
    expect(await broker.received(next, publisher)).toEqual([]);
  });

  test('[MQTT-3.1.2-7] retained messages outlive the session that published them', async () => {
    const publisher = await broker.connect({ clientId: 'donor', clean: true });
    await publisher.publish('kept', 1, { retain: true });
    await publisher.disconnect();
    await (await broker.connect({ clientId: 'donor', clean: true })).disconnect();
    const subscriber = await broker.connect();
    await subscriber.subscribe(['kept', 1]);
    expect(await subscriber.message()).toBe('kept=x q1 retain');
  });

  const withWill = FLAG.clean | FLAG.will;
  const malformed: readonly (readonly [string, string, ConnectBytes])[] = [
    ['[MQTT-3.1.2-9]', 'a will flag without topic and message', { flags: withWill, payload: [id] }],
    ['[MQTT-3.1.2-9]', 'a will flag without a message', { flags: withWill, payload: [id, topic] }],
    ['[MQTT-3.1.2-11]', 'will fields without the will flag', { flags: FLAG.clean, payload: [id, topic, text] }],
    [
      '[MQTT-3.1.2-11]',
      'a will QoS and retain without the will flag',
      { flags: FLAG.clean | FLAG.willQos1 | FLAG.willRetain, payload: [id] },
    ],
    ['[MQTT-3.1.2-13]', 'a will QoS of 1 without the will flag', { flags: FLAG.clean | FLAG.willQos1, payload: [id] }],
    ['[MQTT-3.1.2-13]', 'a will QoS of 2 without the will flag', { flags: FLAG.clean | FLAG.willQos2, payload: [id] }],
    [
      '[MQTT-3.1.2-14]',
      'a will QoS of 3',
      { flags: withWill | FLAG.willQos1 | FLAG.willQos2, payload: [id, topic, text] },
    ],
    [
      '[MQTT-3.1.2-15]',
      'a will retain flag without the will flag',
      { flags: FLAG.clean | FLAG.willRetain, payload: [id] },
    ],
    ['[MQTT-3.1.2-18]', 'a user name without its flag', { flags: FLAG.clean, payload: [id, text] }],
    ['[MQTT-3.1.2-19]', 'a user name flag without a user name', { flags: FLAG.clean | FLAG.user, payload: [id] }],
    ['[MQTT-3.1.2-20]', 'a password without its flag', { flags: FLAG.clean | FLAG.user, payload: [id, text, text] }],
    [
      '[MQTT-3.1.2-21]',
      'a password flag without a password',
      { flags: FLAG.clean | FLAG.user | FLAG.password, payload: [id, text] },
    ],
    [
      '[MQTT-3.1.2-22]',
      'a password flag without the user name flag',
      { flags: FLAG.clean | FLAG.password, payload: [id, text] },
    ],
    ['[MQTT-3.1.3-3]', 'no client id', { payload: [] }],
    ['[MQTT-3.1.4-1]', 'a client id that is cut off', { payload: [Buffer.from([0, 9, 97])] }],
    ['[MQTT-3.1.4-1]', 'bytes behind its last field', { payload: [id, Buffer.from([0])] }],
  ];

  test.each(malformed)('%s %s ends the connection without a CONNACK', async (_clause, _what, fields) => {
    expect(await broker.answersTo(connectBytes(fields))).toEqual([]);
  });
});

describe('3.1.3 the payload of CONNECT', () => {
  test('[MQTT-3.1.3-1] client id, will topic, will message, user name and password stand in this order', async () => {
    const watcher = await broker.connect();
    await watcher.subscribe(['order/will', 2]);
    const client = await broker.open();
    const payload = [field('ordered'), field('order/will'), field('farewell'), field('user'), field('secret')];
    const flags = FLAG.clean | FLAG.will | FLAG.willQos2 | FLAG.user | FLAG.password;
    expect((await client.ask(connectBytes({ flags, payload }), 'connack')).returnCode).toBe(0);
    expect(await connectionOf(broker.gateway, 'ordered')).toMatchObject({ username: 'user', willTopic: 'order/will' });
    await client.vanish();
    expect(await watcher.message()).toBe('order/will=farewell q2');
  });

  test('[MQTT-3.1.3-2] the client id tells sessions apart', async () => {
    const one = await broker.connect({ clientId: 'state', clean: false });
    await one.subscribe(['state/one', 1]);
    const other = await broker.connect({ clientId: 'State', clean: false });
    await other.subscribe(['state/other', 1]);
    await one.disconnect();
    await other.disconnect();
    const publisher = await broker.connect();
    await publisher.publish('state/one', 1);
    await publisher.publish('state/other', 1);
    const back = await broker.connect({ clientId: 'State', clean: false });
    expect(await broker.received(back, publisher)).toEqual(['state/other=x q1']);
  });

  test.each(['0123456789abcdefghijklm', 'nopqrstuvwxyzABCDEFGHIJ', 'KLMNOPQRSTUVWXYZ', '7'])(
    '[MQTT-3.1.3-5] the client id %s is accepted',
    async (clientId) => {
      await broker.connect({ clientId });
      expect((await connectionOf(broker.gateway, clientId))?.clientId).toBe(clientId);
    },
  );

  test.each(['é', '漢字 with spaces', 'a/b#+', '😀'])(
    '[MQTT-3.1.3-4] the client id %s is UTF-8, and accepted',
    async (clientId) => {
      await broker.connect({ clientId });
      expect((await connectionOf(broker.gateway, clientId))?.clientId).toBe(clientId);
    },
  );

  test('[MQTT-3.1.3-6] clients with an id of zero bytes each get a unique one', async () => {
    const watcher = await broker.connect();
    await watcher.subscribe(['nameless', 1]);
    const fields = { clientId: '', username: 'nameless' };
    const nameless = [await broker.connect(fields), await broker.connect(fields)];
    for (const client of nameless) {
      await client.settle();
      await client.publish('nameless', 1);
      expect(await watcher.message()).toBe('nameless=x q1');
    }
    const { data } = await broker.gateway.graphql<{ connections: { items: { clientId: string; username: string }[] } }>(
      '{ connections(page: { limit: 1000 }) { items { clientId username } } }',
    );
    const ids = data!.connections.items.flatMap(({ clientId, username }) =>
      username === 'nameless' ? [clientId] : [],
    );
    expect(ids.length).toBe(2);
    expect(new Set([...ids, '']).size).toBe(3);
  });

  test('[MQTT-3.1.3-8] an id of zero bytes with clean session 0 is refused with 2', async () => {
    const client = await broker.open();
    client.write(connectBytes({ flags: 0, payload: [field('')] }));
    expect((await client.next('connack')).bytes.toString('hex')).toBe('20020002');
    expect(await client.untilClosed()).toEqual([]);
  });

  test('[MQTT-3.1.3-9] an id that is longer than allowed is refused with 2', async () => {
    const clientId = 'x'.repeat(1025);
    expect(await broker.answersTo(connectBytes({ payload: [field(clientId)] }))).toEqual(['connack 2']);
    expect(await sessionOf(broker.gateway, clientId)).toBeNull();
  });

  test('[MQTT-3.1.3-10] a will topic of any characters is published to as it is', async () => {
    const watcher = await broker.connect();
    await watcher.subscribe(['will/é/漢/😀', 1]);
    await (await broker.connect({ will: will('will/é/漢/😀') })).vanish();
    expect(await watcher.message()).toBe('will/é/漢/😀=will q1');
  });

  test('[MQTT-3.1.3-11] a user name of any characters is taken as it is', async () => {
    const { clientId } = await broker.connect({ username: 'é 漢 😀' });
    expect((await connectionOf(broker.gateway, clientId))?.username).toBe('é 漢 😀');
  });
});

describe('3.1.4 the response to CONNECT', () => {
  test.each(['a/+', '#', '+', 'a#', ''])(
    '[MQTT-3.1.4-1] the will topic %j ends the connection without a CONNACK',
    async (topic) => {
      const bytes = connectBytes({ flags: FLAG.clean | FLAG.will, payload: [field('wild'), field(topic), field('x')] });
      expect(await broker.answersTo(bytes)).toEqual([]);
      expect(await sessionOf(broker.gateway, 'wild')).toBeNull();
    },
  );

  test.each(['$SYS/forged', '$SYS/'])(
    'a will topic that its client may not publish to is refused with 5: %s',
    async (topic) => {
      const payload = [field('forger'), field(topic), field('x')];
      expect(await broker.answersTo(connectBytes({ flags: FLAG.clean | FLAG.will, payload }))).toEqual(['connack 5']);
      expect(await sessionOf(broker.gateway, 'forger')).toBeNull();
    },
  );

  test('[MQTT-3.1.4-2] a client that connects with the id of another takes its place', async () => {
    const first = await broker.connect({ clientId: 'place' });
    const second = await broker.connect({ clientId: 'place' });
    expect(await first.untilClosed()).toEqual([]);
    await second.settle();
  });

  test('[MQTT-3.1.4-3] a clean session that takes the place of a persistent one discards it', async () => {
    const first = await broker.connect({ clientId: 'cleaned', clean: false });
    await first.subscribe(['cleaned', 1]);
    const second = await broker.connect({ clientId: 'cleaned', clean: true });
    expect(await first.untilClosed()).toEqual([]);
    const publisher = await broker.connect();
    await publisher.publish('cleaned', 1);
    expect(await broker.received(second, publisher)).toEqual([]);
  });

  test('[MQTT-3.1.4-4] [MQTT-7.0.0-2] a CONNECT with the least that it may have is accepted', async () => {
    const client = await broker.open();
    expect((await client.ask(connectBytes(), 'connack')).bytes.toString('hex')).toBe('20020000');
  });

  test('[MQTT-3.1.4-4] what is sent behind the CONNECT without awaiting its answer is processed', async () => {
    const client = await broker.open();
    client.write(connectPacket({ clientId: 'hasty' }), subscribe(1, ['hasty', 1]), publish('hasty', 0));
    await client.next('connack');
    await client.next('suback');
    expect(await client.message()).toBe('hasty=x q0');
  });

  test('[MQTT-3.1.4-5] nothing is processed behind a CONNECT that is refused', async () => {
    const refused = connectBytes({ flags: 0, payload: [field('')] });
    const watcher = await broker.connect();
    await watcher.subscribe(['smuggled', 1]);
    const message = publish('smuggled', 1, { retain: true });
    const client = await broker.open();
    client.write(refused, message, subscribeBytes(['smuggled', 1]), packet(0xc0));
    expect(await client.untilClosed()).toEqual(['connack 2']);
    const publisher = await broker.connect();
    expect(await broker.received(watcher, publisher)).toEqual([]);
    const late = await broker.connect();
    await late.subscribe(['smuggled', 1]);
    expect(await broker.received(late, publisher)).toEqual([]);
  });
});

describe('3.2 CONNACK', () => {
  test('[MQTT-3.2.0-1] is the first packet, whatever waits for the client', async () => {
    const away = await broker.connect({ clientId: 'busy', clean: false });
    await away.subscribe(['busy/#', 1]);
    await away.disconnect();
    const publisher = await broker.connect();
    for (let i = 0; i < 20; i++) await publisher.publish('busy/queued', 1);
    await publisher.publish('busy/retained', 1, { retain: true });
    const back = await broker.open();
    back.write(connectPacket({ clientId: 'busy', clean: false }), subscribe(1, ['busy/#', 1]), { cmd: 'pingreq' });
    expect((await back.next('connack')).sessionPresent).toBe(true);
  });

  test('[MQTT-3.2.2-1] has no session present for a clean session, whatever was before', async () => {
    const persistent = await broker.connect({ clientId: 'before', clean: false });
    await persistent.subscribe(['before', 1]);
    await persistent.disconnect();
    const client = await broker.open();
    const { bytes } = await client.ask(connectPacket({ clientId: 'before', clean: true }), 'connack');
    expect(bytes.toString('hex')).toBe('20020000');
  });

  test('[MQTT-3.2.2-2] has session present for a session with subscriptions', async () => {
    const first = await broker.connect({ clientId: 'subscribed', clean: false });
    await first.subscribe(['subscribed', 1]);
    await first.disconnect();
    const client = await broker.open();
    const { bytes } = await client.ask(connectPacket({ clientId: 'subscribed', clean: false }), 'connack');
    expect(bytes.toString('hex')).toBe('20020100');
  });

  test('[MQTT-3.2.2-2] has session present for a session without subscriptions', async () => {
    const first = await broker.connect({ clientId: 'bare', clean: false });
    await first.disconnect();
    expect((await broker.connect({ clientId: 'bare', clean: false })).sessionPresent).toBe(true);
  });

  test('[MQTT-3.2.2-2] has session present for a session that unsubscribed from all', async () => {
    const first = await broker.connect({ clientId: 'emptied', clean: false });
    await first.subscribe(['emptied', 0]);
    await first.unsubscribe('emptied');
    await first.vanish();
    expect((await broker.connect({ clientId: 'emptied', clean: false })).sessionPresent).toBe(true);
  });

  test('[MQTT-3.2.2-2] has session present for a session that is taken over', async () => {
    await broker.connect({ clientId: 'overtaken', clean: false });
    expect((await broker.connect({ clientId: 'overtaken', clean: false })).sessionPresent).toBe(true);
  });

  test('[MQTT-3.2.2-3] has no session present for a client that was never seen', async () => {
    const client = await broker.open();
    const { bytes } = await client.ask(connectPacket({ clientId: 'never-seen', clean: false }), 'connack');
    expect(bytes.toString('hex')).toBe('20020000');
  });

  test('[MQTT-3.2.2-3] has no session present after a clean session', async () => {
    const clean = await broker.connect({ clientId: 'was-clean', clean: true });
    await clean.subscribe(['was-clean', 1]);
    await clean.disconnect();
    expect((await broker.connect({ clientId: 'was-clean', clean: false })).sessionPresent).toBe(false);
  });

  test('[MQTT-3.2.2-4] [MQTT-3.2.2-5] a refusal has no session present, and ends the connection', async () => {
    const holder = await broker.connect({ clientId: 'refused', clean: false });
    await holder.subscribe(['refused', 1]);
    await holder.disconnect();
    const payload = [field('refused'), field('$SYS/forged'), field('x')];
    const client = await broker.open();
    client.write(connectBytes({ flags: FLAG.will, payload }));
    expect((await client.next('connack')).bytes.toString('hex')).toBe('20020005');
    expect(await client.untilClosed()).toEqual([]);
  });

  test('[MQTT-3.2.2-6] is not sent where no return code applies', async () => {
    expect(await broker.answersTo(connectBytes({ name: 'HTTP' }))).toEqual([]);
    expect(await broker.answersTo(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toEqual([]);
  });
});
