import { describe, expect, test } from 'vitest';
import { clientIdsOf, sessionOf, statsOf, subscriptionsOf } from '../broker/figures.ts';
import { eventually } from '../support/gateway.ts';
import { connectPacket, useBroker } from './support/broker.ts';
import { connectBytes, FLAG, field } from './support/bytes.ts';
import type { Client } from './support/client.ts';

const CLIENTS = 10;
const ROUNDS = 5;
const broker = useBroker();

const isEmpty = async (): Promise<boolean> => {
  const { connectionsCount, sessionsCount, subscriptionsCount, routesCount } = await statsOf(broker.gateway);
  return connectionsCount + sessionsCount + subscriptionsCount + routesCount === 0;
};

describe.each([
  ['clean', () => true],
  ['persistent', () => false],
  ['clean and persistent', (i: number) => i % 2 === 0],
])('ten CONNECTs of one id at once, %s', (name, isClean) => {
  test('[MQTT-3.1.4-2] leave exactly one connection, and the tables agree', async () => {
    await eventually(isEmpty, 'empty tables');
    const clientId = `contested ${name}`;
    for (let round = 0; round < ROUNDS; round++) {
      const clients = await Promise.all(Array.from({ length: CLIENTS }, () => broker.open()));
      for (const [i, client] of clients.entries()) client.write(connectPacket({ clientId, clean: isClean(i) }));
      let closedCount = 0;
      await new Promise<void>((resolve) => {
        for (const { closed } of clients) void closed.then(() => ++closedCount === CLIENTS - 1 && resolve());
      });
      const stays = clients.find(({ isClosed }) => !isClosed) as Client;
      expect((await stays.next('connack')).returnCode).toBe(0);
      expect(await stays.subscribe(['contested/#', 1])).toEqual([1]);
      expect(await clientIdsOf(broker.gateway)).toEqual([clientId]);
      expect(await subscriptionsOf(broker.gateway, clientId)).toEqual(['contested/#@1']);
      expect(await statsOf(broker.gateway)).toMatchObject({
        connectionsCount: 1,
        sessionsCount: 1,
        subscriptionsCount: 1,
        routesCount: 1,
      });
      // Nothing that the others left behind ends the one that stays.
      await stays.settle();
      const publisher = await broker.connect({ clientId: 'contested publisher' });
      await publisher.publish('contested/a', 1);
      expect(await stays.message()).toBe('contested/a=x q1');
      await publisher.disconnect();
      await eventually(async () => (await clientIdsOf(broker.gateway)).length === 1, 'the end of the publisher');
    }
    const last = await broker.connect({ clientId, clean: true });
    await last.disconnect();
    await eventually(isEmpty, 'empty tables');
  });
});

describe('a CONNECT that is refused', () => {
  test.each([true, false])('does not disturb the holder of its id, with clean session %s', async (clean) => {
    const clientId = `holder ${clean}`;
    const holder = await broker.connect({ clientId, clean: false });
    await holder.subscribe([clientId, 1]);
    const flags = FLAG.will | (clean ? FLAG.clean : 0);
    const payload = [field(clientId), field('$SYS/forged'), field('x')];
    expect(await broker.answersTo(connectBytes({ flags, payload }))).toEqual(['connack 5']);
    await holder.settle();
    expect(await sessionOf(broker.gateway, clientId)).toMatchObject({ cleanSession: false });
    await (await broker.connect()).publish(clientId, 1);
    expect(await holder.message()).toBe(`${clientId}=x q1`);
  });

  test('does not disturb the session that waits for its client', async () => {
    const holder = await broker.connect({ clientId: 'waiting', clean: false });
    await holder.subscribe(['waiting', 1]);
    await holder.disconnect();
    await (await broker.connect()).publish('waiting', 1);
    const payload = [field('waiting'), field('$SYS/forged'), field('x')];
    expect(await broker.answersTo(connectBytes({ flags: FLAG.clean | FLAG.will, payload }))).toEqual(['connack 5']);
    const back = await broker.connect({ clientId: 'waiting', clean: false });
    expect([back.sessionPresent, await back.message()]).toEqual([true, 'waiting=x q1']);
  });

  test('a malformed one does not disturb the holder of its id', async () => {
    const holder = await broker.connect({ clientId: 'calm' });
    expect(
      await broker.answersTo(connectBytes({ flags: FLAG.clean | FLAG.willRetain, payload: [field('calm')] })),
    ).toEqual([]);
    expect(await broker.answersTo(connectBytes({ level: 99, payload: [field('calm')] }))).toEqual(['connack 1']);
    await holder.settle();
  });
});
