import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { growth, isOffline, metricsOf, statsOf } from './figures.ts';
import { connectWire, publishPacket, type Wire } from './wire.ts';

let gateway: TestGateway;
let publisher: Wire;

beforeAll(async () => {
  gateway = await startGateway();
  publisher = await connectWire(gateway, { clientId: 'publisher' });
});

afterAll(() => gateway.close());

async function droppedBy(flow: () => Promise<unknown>): Promise<number> {
  const before = await metricsOf(gateway);
  await flow();
  return growth(before, await metricsOf(gateway)).messagesDropped ?? 0;
}

async function publish(topic: string, qos: 0 | 1, retain = false, payload = 'x'): Promise<void> {
  publisher.write({ ...publishPacket(topic, qos, qos === 0 ? undefined : 1, payload), retain });
  if (qos === 1) await publisher.next('puback');
  await publisher.settle();
}

describe('a message that nobody receives', () => {
  test.each([0, 1] as const)('is counted as dropped at QoS %i', async (qos) => {
    expect(await droppedBy(() => publish('nobody/home', qos))).toBe(1);
  });

  test('is counted as dropped when the API published it', async () => {
    const flow = () => gateway.rest('/mqtt/publish', { method: 'POST', body: { topic: 'nobody/api', payload: 'x' } });
    expect(await droppedBy(flow)).toBe(1);
  });

  test('is counted as dropped when it is retained', async () => {
    expect(await droppedBy(() => publish('nobody/retained', 0, true))).toBe(1);
    await publish('nobody/retained', 0, true, '');
  });

  test('is not counted when it is one of the broker itself', async () => {
    const flow = async (): Promise<void> => {
      const other = await connectWire(gateway, { clientId: 'passer-by' });
      await other.disconnect();
      await isOffline(gateway, 'passer-by');
    };
    expect(await droppedBy(flow)).toBe(0);
  });
});

describe('a message that somebody receives', () => {
  test('is not counted as dropped', async () => {
    const subscriber = await connectWire(gateway, { clientId: 'subscriber' });
    await subscriber.subscribe(['somebody/+', 0]);
    expect(await droppedBy(() => publish('somebody/home', 1))).toBe(0);
    await subscriber.disconnect();
    await isOffline(gateway, 'subscriber');
    expect(await droppedBy(() => publish('somebody/home', 1))).toBe(1);
  });

  test('is not counted as dropped while it waits for an offline session', async () => {
    const subscriber = await connectWire(gateway, { clientId: 'sleeper', clean: false });
    await subscriber.subscribe(['sleeper/+', 1]);
    await subscriber.disconnect();
    await isOffline(gateway, 'sleeper');
    expect(await droppedBy(() => publish('sleeper/1', 1))).toBe(0);
    expect(await droppedBy(() => publish('sleeper/1', 0))).toBe(1);
  });

  const qosOf = async (filter: string): Promise<number> => {
    const subscriber = await connectWire(gateway, { clientId: 'lower' });
    await subscriber.subscribe([filter, 1]);
    await publisher.ask(publishPacket('lower/topic', 2, 11), 'pubrec');
    await publisher.ask({ cmd: 'pubrel', messageId: 11 }, 'pubcomp');
    const { qos } = await subscriber.next('publish');
    await subscriber.disconnect();
    return qos;
  };

  test('comes with the granted QoS when its own is higher', async () => {
    expect(await qosOf('lower/topic')).toBe(1);
  });

  test('comes with the granted QoS when its own is higher and the filter has a wildcard', async () => {
    expect(await qosOf('lower/+')).toBe(1);
  });
});

describe('retained messages', () => {
  test('are counted now and at their most, replaced and removed ones too', async () => {
    const figures = async () => {
      const { retainedCount, retainedMax } = await statsOf(gateway);
      return { retainedCount, retainedMax, messagesRetained: (await metricsOf(gateway)).messagesRetained };
    };
    const { retainedMax } = await figures();
    expect(retainedMax).toBe(1);
    await publish('kept/1', 0, true);
    await publish('kept/2', 1, true);
    await publish('kept/2', 0, true, 'another');
    expect(await figures()).toEqual({ retainedCount: 2, retainedMax: 2, messagesRetained: 2 });
    await publish('kept/1', 0, true, '');
    expect(await figures()).toEqual({ retainedCount: 1, retainedMax: 2, messagesRetained: 1 });
    await publish('kept/2', 0, true, '');
    expect(await figures()).toEqual({ retainedCount: 0, retainedMax: 2, messagesRetained: 0 });
  });

  test.each([true, false])('of QoS 2 reach a subscriber and end their handshake when clean is %s', async (clean) => {
    publisher.write({ ...publishPacket('kept/exactly', 2, 21), retain: true });
    await publisher.next('pubrec');
    await publisher.ask({ cmd: 'pubrel', messageId: 21 }, 'pubcomp');
    const subscriber = await connectWire(gateway, { clientId: `late-${clean}`, clean });
    await subscriber.subscribe(['kept/exactly', 2]);
    const { messageId, retain } = await subscriber.next('publish');
    expect(retain).toBe(true);
    await subscriber.ask({ cmd: 'pubrec', messageId: messageId! }, 'pubrel');
    subscriber.write({ cmd: 'pubcomp', messageId: messageId! });
    await subscriber.settle();
    await subscriber.disconnect();
  });
});
