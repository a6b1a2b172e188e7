import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { clientIdsOf, growth, sessionOf, shutdownCountOf, statsOf, subscriptionsOf } from './figures.ts';
import { connectPacket, connectWire, openWire, publishPacket, type Wire } from './wire.ts';

const TURNS = 40;
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(() => gateway.close());

const areEmpty = (): Promise<void> =>
  eventually(async () => {
    const { connectionsCount, sessionsCount, subscriptionsCount, routesCount } = await statsOf(gateway);
    return connectionsCount + sessionsCount + subscriptionsCount + routesCount === 0;
  }, 'empty tables');

async function endSession(clientId: string): Promise<void> {
  const session = await sessionOf(gateway, clientId);
  if (session && !session.cleanSession) await gateway.gateway.domain.cleanSession(clientId, null);
}

describe.each([
  ['clean', () => true],
  ['persistent', () => false],
  ['clean and persistent in turn', (turn: number) => turn % 2 === 0],
])('a client id that is taken over many times, %s', (_, isClean) => {
  test('is listed once, after each turn', async () => {
    const before = await shutdownCountOf(gateway);
    const wires: Wire[] = [];
    for (let turn = 0; turn < TURNS; turn++) {
      const wire = await connectWire(gateway, { clientId: 'one', clean: isClean(turn) });
      await wire.subscribe(['topic/a', 1], [`topic/${turn % 2}`, 0]);
      wires.push(wire);
      expect(await clientIdsOf(gateway)).toEqual(['one']);
      expect(await statsOf(gateway)).toMatchObject({ connectionsCount: 1, sessionsCount: 1 });
    }
    await Promise.all(wires.slice(0, -1).map(({ closed }) => closed));
    await wires.at(-1)!.disconnect();
    await eventually(async () => (await clientIdsOf(gateway)).length === 0, 'the last one to go');
    expect(growth({ discarded: 0, ...before }, await shutdownCountOf(gateway))).toMatchObject({
      discarded: TURNS - 1,
    });
    await endSession('one');
    await areEmpty();
  });

  test('is listed once when all of them come at the same time', async () => {
    const wires = await Promise.all(Array.from({ length: TURNS }, () => openWire(gateway)));
    for (const [turn, wire] of wires.entries()) wire.write(connectPacket({ clientId: 'one', clean: isClean(turn) }));
    let openCount = wires.length;
    for (const { closed } of wires) void closed.then(() => openCount--);
    await eventually(() => openCount === 1, 'a single one to be left');
    await eventually(async () => (await clientIdsOf(gateway)).join() === 'one', 'the one that is left to be listed');
    expect(await statsOf(gateway)).toMatchObject({ connectionsCount: 1, sessionsCount: 1 });
    for (const { socket } of wires) socket.destroy();
    await eventually(async () => (await clientIdsOf(gateway)).length === 0, 'the last one to go');
    await endSession('one');
    await areEmpty();
  });
});

describe('a takeover', () => {
  test('leaves a persistent session with its subscriptions', async () => {
    const first = await connectWire(gateway, { clientId: 'kept', clean: false });
    await first.subscribe(['kept/#', 1]);
    const second = await connectWire(gateway, { clientId: 'kept', clean: false });
    await first.closed;
    expect(await subscriptionsOf(gateway, 'kept')).toEqual(['kept/#@1']);
    await second.ask(publishPacket('kept/1', 0), 'publish');
    await second.disconnect();
    await eventually(async () => (await clientIdsOf(gateway)).length === 0, 'the last one to go');
    await endSession('kept');
  });

  test('publishes the will of the connection that had to go', async () => {
    const watcher = await connectWire(gateway, { clientId: 'watcher' });
    await watcher.subscribe(['wills/#', 0]);
    const will = (payload: string) => ({
      topic: 'wills/1',
      payload: Buffer.from(payload),
      qos: 0 as const,
      retain: false,
    });
    const first = await connectWire(gateway, { clientId: 'willing', will: will('first') });
    const second = await connectWire(gateway, { clientId: 'willing', will: will('second') });
    await first.closed;
    expect((await watcher.next('publish')).payload.toString()).toBe('first');
    await second.vanish();
    expect((await watcher.next('publish')).payload.toString()).toBe('second');
    await watcher.disconnect();
    await areEmpty();
  });

  test('by a connection that vanishes at once leaves nothing behind', async () => {
    for (let turn = 0; turn < TURNS; turn++) {
      const first = await connectWire(gateway, { clientId: 'ghost' });
      await first.subscribe(['ghost/1', 0], ['ghost/2', 0], ['ghost/3', 0]);
      const second = await openWire(gateway);
      second.write(connectPacket({ clientId: 'ghost' }));
      if (turn % 2 === 0) second.socket.destroySoon();
      else second.socket.resetAndDestroy();
      if (turn % 4 > 1) await first.vanish();
      else first.socket.destroySoon();
      await Promise.all([first.closed, second.closed]);
    }
    await areEmpty();
    await eventually(async () => (await clientIdsOf(gateway)).length === 0, 'no client to be listed');
  });
});
