import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { isOffline, subscriptionsOf } from './figures.ts';
import { interposeStore, type StoreFaults } from './store-faults.ts';
import { connectPacket, connectWire, openWire, publishPacket, subscribePacket, type Wire } from './wire.ts';

let gateway: TestGateway;
let store: StoreFaults;
let publisher: Wire;

async function start(yaml?: string): Promise<void> {
  gateway = await startGateway(yaml);
  store = interposeStore(gateway.dataDir);
  publisher = await connectWire(gateway, { clientId: 'publisher' });
}

afterEach(async () => {
  store.restore();
  await gateway.close();
});

/** A persistent session of a client that is away. */
async function away(clientId: string, ...filters: readonly (readonly [string, 0 | 1 | 2])[]): Promise<void> {
  const wire = await connectWire(gateway, { clientId, clean: false });
  if (filters.length > 0) await wire.subscribe(...filters);
  await wire.disconnect();
  await isOffline(gateway, clientId);
}

/** Payloads that come to a client, acknowledged. */
async function receive(wire: Wire, count: number): Promise<string[]> {
  const payloads: string[] = [];
  while (payloads.length < count) {
    const { payload, messageId = 0 } = await wire.next('publish');
    payloads.push(payload.toString());
    wire.write({ cmd: 'puback', messageId });
  }
  return payloads;
}

async function publish(...payloads: string[]): Promise<void> {
  for (const [i, payload] of payloads.entries())
    await publisher.ask(publishPacket('kept', 1, i + 1, payload), 'puback');
}

describe('a connection that ends while its CONNACK is written', () => {
  beforeEach(() => start('mqtt: {max_inflight: 2}'));

  test('takes nothing of the messages that come to its session afterwards', async () => {
    await away('away', ['kept', 1]);
    const { broker } = gateway.gateway;
    const wire = await openWire(gateway);
    wire.write(connectPacket({ clientId: 'away', clean: false }));
    await eventually(() => broker.registry.sessionsById.get('away')?.connected === true, 'the connection');
    await broker.kick('away');
    await wire.closed;
    await publish('1', '2', '3', '4');
    const back = await connectWire(gateway, { clientId: 'away', clean: false });
    const first = await back.next('publish');
    expect([first.payload.toString(), first.dup]).toEqual(['1', false]);
    back.write({ cmd: 'puback', messageId: first.messageId ?? 0 });
    expect(await receive(back, 3)).toEqual(['2', '3', '4']);
  });
});

describe('a connection that ends while the store is read for it', () => {
  beforeEach(() => start());

  test('leaves the reading to the next one', async () => {
    await away('away', ['kept', 1]);
    await publish('1', '2', '3');
    const release = store.holdReads();
    const first = await connectWire(gateway, { clientId: 'away', clean: false });
    await eventually(() => store.reads > 0, 'the store to be read');
    const second = await connectWire(gateway, { clientId: 'away', clean: false });
    await second.settle();
    await first.closed;
    for (let i = 0; i < 20; i++) await second.settle();
    release();
    expect(await receive(second, 3)).toEqual(['1', '2', '3']);
  });
});

describe('a SUBSCRIBE whose connection ends while it is stored', () => {
  beforeEach(() => start());

  test('is a subscription of the session all the same', async () => {
    const first = await connectWire(gateway, { clientId: 'one', clean: false });
    const release = store.hold();
    const before = store.batches;
    first.write(subscribePacket(1, ['kept', 1]));
    const { broker } = gateway.gateway;
    await eventually(() => store.batches > before, 'the batch');
    const kicked = broker.kick('one');
    await first.closed;
    release();
    await kicked;
    expect(await subscriptionsOf(gateway, 'one')).toEqual(['kept@1']);
    await publish('1');
    const back = await connectWire(gateway, { clientId: 'one', clean: false });
    expect(await receive(back, 1)).toEqual(['1']);
    await back.ask({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['kept'] }, 'unsuback');
  });
});

describe('a subscription that the API ends', () => {
  beforeEach(() => start());

  test('stays when its client makes it again before that is stored', async () => {
    const wire = await connectWire(gateway, { clientId: 'one', clean: false });
    await wire.subscribe(['kept', 1], ['other', 1]);
    const { broker } = gateway.gateway;
    const release = store.hold();
    const before = store.batches;
    const busy = broker.unsubscribe('one', ['other']);
    await eventually(() => store.batches > before, 'the batch');
    const ended = broker.unsubscribe('one', ['kept']);
    wire.write(subscribePacket(2, ['kept', 1]), { cmd: 'pingreq' });
    const received = (): number => broker.registry.sessionsById.get('one')?.connection?.packetsReceived ?? 0;
    await eventually(() => received() === 4, 'the SUBSCRIBE and the PINGREQ');
    release();
    await Promise.all([busy, ended]);
    expect((await wire.next('suback')).granted).toEqual([1]);
    expect(await subscriptionsOf(gateway, 'one')).toEqual(['kept@1']);
    await wire.next('pingresp');
    await publish('1');
    expect(await receive(wire, 1)).toEqual(['1']);
  });
});
