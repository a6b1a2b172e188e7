import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { growth, isOffline, metricsOf, sessionOf } from './figures.ts';
import { connectWire, publishPacket, type Wire } from './wire.ts';

const upTo = (count: number, from = 1): string[] => Array.from({ length: count }, (_, i) => `${from + i}`);

/** Publishes so many messages to a topic, numbered from 1, which are all acknowledged. */
async function publish(gateway: TestGateway, topic: string, payloads: readonly string[]): Promise<void> {
  const publisher = await connectWire(gateway, { clientId: 'publisher' });
  for (let at = 0; at < payloads.length; at += 50) {
    const part = payloads.slice(at, at + 50);
    publisher.write(...part.map((payload, i) => publishPacket(topic, 1, i + 1, payload)));
    for (const _ of part) await publisher.next('puback');
  }
  await publisher.disconnect();
}

/** Reads so many messages without acknowledging any. */
async function read(wire: Wire, count: number): Promise<{ numbers: string[]; ids: number[] }> {
  const numbers: string[] = [];
  const ids: number[] = [];
  while (numbers.length < count) {
    const { payload, messageId = 0 } = await wire.next('publish');
    numbers.push(payload.toString().trim());
    ids.push(messageId);
  }
  return { numbers, ids };
}

/** Acknowledges these messages, then reads and acknowledges so many more, which have to be all. */
async function drain(wire: Wire, seen: readonly number[], count: number): Promise<string[]> {
  for (const messageId of seen) wire.write({ cmd: 'puback', messageId });
  const numbers: string[] = [];
  while (numbers.length < count) {
    const { payload, messageId = 0 } = await wire.next('publish');
    numbers.push(payload.toString().trim());
    wire.write({ cmd: 'puback', messageId });
  }
  await wire.settle();
  return numbers;
}

const WINDOW = 2;

/** A kind of session, and how many of its messages are on their way while the others wait. */
const kinds = [
  { name: 'a persistent session whose client is away', clean: false, isAway: true },
  { name: 'a persistent session with a full window', clean: false, isAway: false },
  { name: 'a clean session with a full window', clean: true, isAway: false },
] as const;

describe.each([
  { limit: 'max_mqueue_len: 3', yaml: 'max_mqueue_len: 3, max_mqueue_bytes: 0', most: 3 },
  // Three fit, with what is kept beside the payload.
  { limit: 'max_mqueue_bytes: 3500', yaml: 'max_mqueue_len: 0, max_mqueue_bytes: 3500', most: 3 },
  { limit: 'both, whichever is less', yaml: 'max_mqueue_len: 100, max_mqueue_bytes: 3500', most: 3 },
  { limit: 'max_mqueue_len: 600', yaml: 'max_mqueue_len: 600', most: 600 },
  { limit: 'neither', yaml: 'max_mqueue_len: 0, max_mqueue_bytes: 0', most: Number.POSITIVE_INFINITY },
])('with $limit', ({ yaml, most }) => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway(`mqtt: {max_inflight: ${WINDOW}, ${yaml}}`);
  });

  afterAll(() => gateway.close());

  test.each(kinds)('$name drops its oldest messages, and they are counted', async ({ clean, isAway, name }) => {
    const total = most === 600 ? 2000 : 20;
    const wire = await connectWire(gateway, { clientId: name, clean });
    await wire.subscribe(['bounds', 1]);
    if (isAway) await wire.disconnect();
    if (isAway) await isOffline(gateway, name);
    const before = await metricsOf(gateway);
    const payloads = upTo(total).map((number) => (most === 3 ? number.padEnd(1000) : number));
    await publish(gateway, 'bounds', payloads);
    const onTheirWay = isAway ? 0 : WINDOW;
    const waiting = Math.min(most, total - onTheirWay);
    const dropped = total - onTheirWay - waiting;
    await eventually(
      async () => (await sessionOf(gateway, name))?.queuedCount === waiting,
      `the queue to have its ${waiting} messages`,
    );
    expect(await sessionOf(gateway, name)).toMatchObject({
      queuedCount: waiting,
      inflightCount: onTheirWay,
      droppedCount: dropped,
      enqueuedCount: total - onTheirWay,
      deliveredCount: onTheirWay,
    });
    expect(growth(before, await metricsOf(gateway)).messagesDropped ?? 0).toBe(dropped);
    const back = isAway ? await connectWire(gateway, { clientId: name, clean: false }) : wire;
    const { numbers, ids } = await read(back, WINDOW);
    numbers.push(...(await drain(back, ids, onTheirWay + waiting - WINDOW)));
    expect(numbers).toEqual([...upTo(onTheirWay), ...upTo(waiting, total - waiting + 1)]);
    expect(await sessionOf(gateway, name)).toMatchObject({
      queuedCount: 0,
      inflightCount: 0,
      droppedCount: dropped,
      deliveredCount: total - dropped,
    });
    await back.vanish();
    await isOffline(gateway, name);
    if (!clean) await gateway.gateway.domain.cleanSession(name, null);
  });
});

describe('a queue that dropped messages', () => {
  test('has the same ones, and the same count, after a restart', async () => {
    const yaml = 'mqtt: {max_mqueue_len: 5}';
    const first = await startGateway(yaml);
    const wire = await connectWire(first, { clientId: 'short', clean: false });
    await wire.subscribe(['short', 1]);
    await wire.disconnect();
    await publish(first, 'short', upTo(12));
    await first.gateway.close();
    const second = await startGateway(yaml, {}, first.dataDir);
    expect(await sessionOf(second, 'short')).toMatchObject({ queuedCount: 5, droppedCount: 7, enqueuedCount: 12 });
    const back = await connectWire(second, { clientId: 'short', clean: false });
    expect((await read(back, 5)).numbers).toEqual(upTo(5, 8));
    await back.settle();
    await second.close();
  });

  test('is brought within a smaller bound by the next message', async () => {
    const first = await startGateway();
    const wire = await connectWire(first, { clientId: 'shrunk', clean: false });
    await wire.subscribe(['shrunk', 1]);
    await wire.disconnect();
    await publish(first, 'shrunk', upTo(50));
    await first.gateway.close();
    const second = await startGateway('mqtt: {max_mqueue_len: 4}', {}, first.dataDir);
    await publish(second, 'shrunk', ['51']);
    await eventually(async () => (await sessionOf(second, 'shrunk'))?.queuedCount === 4, 'the queue to shrink');
    expect(await sessionOf(second, 'shrunk')).toMatchObject({ droppedCount: 47, enqueuedCount: 51 });
    const back = await connectWire(second, { clientId: 'shrunk', clean: false });
    expect((await read(back, 4)).numbers).toEqual(upTo(4, 48));
    await second.close();
  });
});

describe('a retained message above a limit', () => {
  test('reaches the subscribers, and is not retained, not after a restart either', async () => {
    const limits = '{retainer.max_retained_messages: 2, retainer.max_payload_size: 10}';
    const gateway = await startGateway(`plugins: {emqx_retainer: ${limits}}`);
    const subscriber = await connectWire(gateway, { clientId: 'subscriber' });
    await subscriber.subscribe(['#', 1]);
    const publisher = await connectWire(gateway, { clientId: 'retainer' });
    const retain = async (topic: string, payload: string): Promise<void> => {
      await publisher.ask({ ...publishPacket(topic, 1, 1, payload), retain: true }, 'puback');
      const { messageId = 0, retain: flag } = await subscriber.next('publish');
      expect(flag).toBe(false);
      subscriber.write({ cmd: 'puback', messageId });
    };
    await retain('r/1', 'one');
    await retain('r/2', 'two');
    await retain('r/3', 'one too many');
    await retain('r/1', 'a payload too large');
    await retain('r/2', 'new');
    const { retained } = gateway.gateway.broker;
    const all = () => retained.matching('#').map(({ topic, payload }) => `${topic}=${payload}`);
    expect(all().sort()).toEqual(['r/1=one', 'r/2=new']);
    await gateway.gateway.close();
    const second = await startGateway('', {}, gateway.dataDir);
    const again = second.gateway.broker.retained.matching('#').map(({ topic, payload }) => `${topic}=${payload}`);
    expect(again.sort()).toEqual(['r/1=one', 'r/2=new']);
    await second.close();
  });
});

describe('the expiry of sessions', () => {
  const fake = (): void =>
    void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance', 'Date'], now: Date.now() });

  afterEach(() => vi.useRealTimers());

  /** A gateway whose time is the test's, with the session of a client that left. */
  async function left(seconds: number): Promise<TestGateway> {
    fake();
    const gateway = await startGateway(`mqtt: {session_expiry_interval: ${seconds}}`);
    const wire = await connectWire(gateway, { clientId: 'gone', clean: false });
    await wire.subscribe(['gone', 1]);
    await wire.disconnect();
    await isOffline(gateway, 'gone');
    return gateway;
  }

  const isThere = async (gateway: TestGateway, clientId = 'gone'): Promise<boolean> =>
    (await sessionOf(gateway, clientId)) !== null;

  const ended = (gateway: TestGateway, clientId = 'gone'): Promise<void> =>
    eventually(async () => !(await isThere(gateway, clientId)), 'the session to end');

  test('counts from the disconnect, not from the CONNECT', async () => {
    fake();
    const gateway = await startGateway('mqtt: {session_expiry_interval: 100}');
    const wire = await connectWire(gateway, { clientId: 'gone', clean: false });
    vi.advanceTimersByTime(90_000);
    await wire.disconnect();
    await isOffline(gateway, 'gone');
    vi.advanceTimersByTime(98_000);
    expect(await isThere(gateway)).toBe(true);
    vi.advanceTimersByTime(4_000);
    await ended(gateway);
    vi.useRealTimers();
    await gateway.close();
  });

  test('never ends a session of a client that is connected, and counts anew when it leaves', async () => {
    const gateway = await left(100);
    vi.advanceTimersByTime(60_000);
    const wire = await connectWire(gateway, { clientId: 'gone', clean: false });
    vi.advanceTimersByTime(500_000);
    expect(await sessionOf(gateway, 'gone')).toMatchObject({ connected: true, subscriptionsCount: 1 });
    await wire.disconnect();
    await isOffline(gateway, 'gone');
    vi.advanceTimersByTime(98_000);
    expect(await isThere(gateway)).toBe(true);
    vi.advanceTimersByTime(4_000);
    await ended(gateway);
    vi.useRealTimers();
    await gateway.close();
  });

  test('ends them in the order in which their clients left, and none before its time', async () => {
    const gateway = await left(100);
    vi.advanceTimersByTime(50_000);
    const later = await connectWire(gateway, { clientId: 'later', clean: false });
    await later.disconnect();
    await isOffline(gateway, 'later');
    vi.advanceTimersByTime(52_000);
    await ended(gateway);
    expect(await isThere(gateway, 'later')).toBe(true);
    vi.advanceTimersByTime(50_000);
    await ended(gateway, 'later');
    vi.useRealTimers();
    await gateway.close();
  });

  test('is never with 4294967295', async () => {
    const gateway = await left(4_294_967_295);
    vi.advanceTimersByTime(40_000_000);
    expect(await sessionOf(gateway, 'gone')).toMatchObject({ expiryInterval: 4_294_967_295 });
    vi.useRealTimers();
    await gateway.close();
  });

  test.each([
    ['forward', 400 * 24 * 3_600_000],
    ['back', -400 * 24 * 3_600_000],
  ])('heeds no clock that jumps %s', async (_way, jump) => {
    const gateway = await left(100);
    vi.setSystemTime(Date.now() + jump);
    vi.advanceTimersByTime(90_000);
    expect(await isThere(gateway)).toBe(true);
    vi.advanceTimersByTime(12_000);
    await ended(gateway);
    vi.useRealTimers();
    await gateway.close();
  });

  test('goes on behind a restart where it stood, and not while no broker ran, whatever the clock says', async () => {
    const first = await left(100);
    vi.advanceTimersByTime(60_000);
    await first.gateway.close();
    vi.setSystemTime(Date.now() + 24 * 3_600_000);
    const second = await startGateway('mqtt: {session_expiry_interval: 100}', {}, first.dataDir);
    vi.advanceTimersByTime(38_000);
    expect(await isThere(second)).toBe(true);
    vi.advanceTimersByTime(4_000);
    await ended(second);
    vi.useRealTimers();
    await second.close();
  });

  test('takes the messages of the session along', async () => {
    const gateway = await left(100);
    await publish(gateway, 'gone', upTo(3));
    vi.advanceTimersByTime(102_000);
    await ended(gateway);
    const wire = await connectWire(gateway, { clientId: 'gone', clean: false });
    expect(await sessionOf(gateway, 'gone')).toMatchObject({ queuedCount: 0, subscriptionsCount: 0, enqueuedCount: 0 });
    await wire.settle();
    vi.useRealTimers();
    await gateway.close();
  });
});
