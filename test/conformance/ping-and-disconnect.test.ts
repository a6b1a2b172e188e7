import { describe, expect, test } from 'vitest';
import { isOffline } from '../broker/figures.ts';
import { useBroker, will } from './support/broker.ts';
import { packet } from './support/bytes.ts';
import { publish } from './support/client.ts';

const broker = useBroker();

describe('3.12 PINGREQ', () => {
  test('[MQTT-3.12.4-1] is answered with PINGRESP', async () => {
    const client = await broker.connect();
    expect((await client.ask({ cmd: 'pingreq' }, 'pingresp')).bytes.toString('hex')).toBe('d000');
  });

  test('[MQTT-3.12.4-1] is answered as often as it is sent', async () => {
    const client = await broker.connect();
    client.write(...Array.from({ length: 20 }, () => packet(0xc0)));
    expect((await client.nextOf(20, 'pingresp')).length).toBe(20);
    await client.settle();
  });
});

describe('3.14 DISCONNECT', () => {
  test.each([0xe1, 0xe2, 0xe4, 0xe8, 0xef])(
    '[MQTT-3.14.1-1] that begins with %i ends the connection as a fault, which publishes the will',
    async (first) => {
      const watcher = await broker.connect();
      await watcher.subscribe([`faulty/${first}`, 1]);
      const client = await broker.connect({ will: will(`faulty/${first}`) });
      client.write(packet(first));
      expect(await client.untilClosed()).toEqual([]);
      expect(await watcher.message()).toBe(`faulty/${first}=will q1`);
    },
  );

  test('ends the connection when the client leaves that to the broker', async () => {
    const client = await broker.connect();
    client.write({ cmd: 'disconnect' });
    expect(await client.untilClosed()).toEqual([]);
  });

  test.each([true, false])('[MQTT-3.14.4-3] discards the will: clean session %s', async (clean) => {
    const topic = `discarded/${clean}`;
    const watcher = await broker.connect();
    await watcher.subscribe([topic, 1]);
    const client = await broker.connect({ clientId: topic, clean, will: will(topic, 1, true) });
    await client.disconnect();
    await isOffline(broker.gateway, topic);
    // The will would be published before the next connection of this id is accepted, or then.
    await (await broker.connect({ clientId: topic, clean: true })).disconnect();
    const publisher = await broker.connect();
    expect(await broker.received(watcher, publisher)).toEqual([]);
    const late = await broker.connect();
    await late.subscribe([topic, 1]);
    expect(await broker.received(late, publisher)).toEqual([]);
  });

  test('[MQTT-3.14.4-2] is the last packet that is processed', async () => {
    const watcher = await broker.connect();
    await watcher.subscribe(['behind', 1]);
    const client = await broker.connect({ will: will('behind') });
    client.write(
      publish('behind', 1, { payload: 'before' }),
      { cmd: 'disconnect' },
      publish('behind', 1, { payload: 'after' }),
    );
    await client.closed;
    expect(await broker.received(watcher, await broker.connect())).toEqual(['behind=before q1']);
  });
});
