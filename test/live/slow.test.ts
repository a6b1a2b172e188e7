import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { type Caller, openCaller, openStream, type Payload } from './callers.ts';

const PIECE = 64 * 1024;
/** More than sockets of the loopback interface hold. */
const PIECES = 256;
const numbered = (number: number): Buffer => Buffer.from(String(number).padStart(PIECE, '.'));
const NUMBERS = 'subscription { messages(topicFilter: "big") { payload { text } } }';

interface Came {
  readonly number: number;
  readonly dropped: number;
}

function read(payload: Payload | null): Came {
  if (!payload) throw new Error('the subscription ended');
  const { messages } = payload.data as { messages: { payload: { text: string } } };
  return { number: Number(messages.payload.text.replaceAll('.', '')), dropped: payload.extensions?.dropped ?? 0 };
}

let gateway: TestGateway;
const callers: Caller[] = [];

async function start(yaml: string): Promise<void> {
  gateway = await startGateway(yaml);
}

function call(): Caller {
  const caller = openCaller(gateway.httpUrl);
  callers.push(caller);
  return caller;
}

/** Publishes numbered messages, each when the one before was acknowledged. */
async function publish(from: number, to: number): Promise<void> {
  const client = await gateway.connect();
  for (let number = from; number < to; number++) await client.publishAsync('big', numbered(number), { qos: 1 });
  await client.endAsync();
}

afterEach(async () => {
  for (const { socket, client } of callers.splice(0)) {
    socket.resume();
    await client.dispose();
  }
  await gateway.close();
});

/** Reads on until the message with this number came. */
async function until(number: number, next: () => Promise<Payload | null>): Promise<Came[]> {
  const came: Came[] = [];
  do came.push(read(await next()));
  while (came.at(-1)?.number !== number);
  return came;
}

describe('a subscriber that does not read', () => {
  beforeEach(() => start('graphql: {max_queue: 5, max_queue_bytes: 100000000}\n'));

  test('loses the oldest messages, and is told how many', async () => {
    const caller = call();
    const numbers = caller.follow(NUMBERS);
    await caller.settled();
    caller.socket.pause();
    await publish(0, PIECES);
    caller.socket.resume();
    const came = await until(PIECES - 1, numbers.next);
    const gap = came.findIndex(({ dropped }) => dropped > 0);
    expect(gap).toBeGreaterThan(0);
    // In order from the first on, then a gap, then the newest: as many as are kept.
    expect(came.slice(0, gap)).toEqual(came.slice(0, gap).map((_, number) => ({ number, dropped: 0 })));
    expect(came.slice(gap)).toEqual(
      [5, 4, 3, 2, 1].map((back, i) => ({ number: PIECES - back, dropped: i === 0 ? PIECES - 5 - gap : 0 })),
    );
    await publish(PIECES, PIECES + 1);
    expect(read(await numbers.next())).toEqual({ number: PIECES, dropped: 0 });
  });

  test('loses them over server-sent events as over WebSocket', async () => {
    const stream = await openStream(gateway.httpUrl, NUMBERS);
    await publish(0, PIECES);
    const came = await until(PIECES - 1, stream.next);
    const lost = came.reduce((sum, { dropped }) => sum + dropped, 0);
    expect(lost).toBeGreaterThan(0);
    expect(came.length + lost).toBe(PIECES);
    stream.close();
  });

  test('keeps neither MQTT nor another subscriber waiting', async () => {
    const [slow, fast] = [call(), call()];
    const slowNumbers = slow.follow(NUMBERS);
    const fastNumbers = fast.follow(NUMBERS);
    await slow.settled();
    await fast.settled();
    slow.socket.pause();
    const client = await gateway.connect();
    const heard: number[] = [];
    client.on('message', (_, payload) => heard.push(Number(String(payload).replaceAll('.', ''))));
    await client.subscribeAsync('big', { qos: 1 });
    const all = Array.from({ length: PIECES }, (_, number) => number);
    const [came] = await Promise.all([until(PIECES - 1, fastNumbers.next), publish(0, PIECES)]);
    await eventually(() => heard.length === PIECES, 'all messages over MQTT');
    expect(heard).toEqual(all);
    // It reads as fast as it can, beside all others in this process: it may lose some, but it knows of each.
    expect(came.length + came.reduce((sum, { dropped }) => sum + dropped, 0)).toBe(PIECES);
    slow.socket.resume();
    await until(PIECES - 1, slowNumbers.next);
  });

  test('is told the newest figures alone', async () => {
    const QUERY = 'subscription { stats(intervalMs: 100) { connectionsCount } }';
    const count = async (payload: Promise<unknown>) =>
      ((await payload) as { stats: [{ connectionsCount: number }] }).stats[0].connectionsCount;
    const [slow, fast] = [call(), call()];
    const flood = slow.follow(NUMBERS);
    const slowStats = slow.follow(QUERY);
    const fastStats = fast.follow(QUERY);
    expect(await count(slowStats.data())).toBe(0);
    expect(await count(fastStats.data())).toBe(0);
    slow.socket.pause();
    await publish(0, PIECES);
    // The publisher itself was seen to come and go, or was too quick.
    let seen = 0;
    const seeNext = async (): Promise<void> => {
      seen = await count(fastStats.data());
    };
    for (let connected = 1; connected <= 3; connected++) {
      await gateway.connect();
      while (seen !== connected) await seeNext();
    }
    slow.socket.resume();
    await until(PIECES - 1, flood.next);
    const told: number[] = [];
    do told.push(await count(slowStats.data()));
    while (told.at(-1) !== 3);
    expect(told).not.toContain(2);
  });
});

describe('a subscriber that reads', () => {
  test('loses nothing because many messages come at once', async () => {
    await start('graphql: {max_queue: 5}\n');
    const caller = call();
    const messages = caller.follow('subscription { messages(topicFilter: "many") { payload { text } } }');
    await caller.settled();
    const client = await gateway.connect();
    const all = Array.from({ length: 1000 }, (_, number) => String(number));
    for (const text of all) client.publish('many', text);
    const came: unknown[] = [];
    while (came.length < all.length) came.push(await messages.next());
    expect(came).toEqual(all.map((text) => ({ data: { messages: { payload: { text } } } })));
  });
});

describe('a subscriber whose messages are large', () => {
  test('keeps as many bytes as it may, and one message whatever its size', async () => {
    await start(`graphql: {max_queue: 1000, max_queue_bytes: ${3 * PIECE}}\n`);
    const caller = call();
    const numbers = caller.follow(NUMBERS);
    await caller.settled();
    caller.socket.pause();
    await publish(0, PIECES);
    caller.socket.resume();
    const came = await until(PIECES - 1, numbers.next);
    const gap = came.findIndex(({ dropped }) => dropped > 0);
    expect(came.slice(gap).map(({ number }) => number)).toEqual([PIECES - 2, PIECES - 1]);
    await gateway.close();
    await start('graphql: {max_queue: 1000, max_queue_bytes: 1}\n');
    const other = call();
    const single = other.follow(NUMBERS);
    await other.settled();
    await publish(7, 8);
    expect(read(await single.next())).toEqual({ number: 7, dropped: 0 });
  });
});

describe('a subscriber that misses more than it may', () => {
  const refusal = {
    message: expect.stringMatching(/^11 events were dropped because they were not read; the limit is 10$/),
    extensions: { code: 'LIMIT_EXCEEDED' },
  };
  beforeEach(() => start('graphql: {max_queue: 5, max_dropped: 10}\n'));

  test('is ended with LIMIT_EXCEEDED, and its socket stays', async () => {
    const caller = call();
    const numbers = caller.follow(NUMBERS);
    await caller.settled();
    caller.socket.pause();
    await publish(0, PIECES);
    expect(gateway.gateway.live.counts).toEqual({ executions: 0, sources: 0 });
    caller.socket.resume();
    await expect(until(PIECES - 1, numbers.next)).rejects.toMatchObject([refusal]);
    const again = caller.follow(NUMBERS);
    await caller.settled();
    await publish(0, 1);
    expect(read(await again.next())).toEqual({ number: 0, dropped: 0 });
  });

  test('is ended over server-sent events too', async () => {
    const stream = await openStream(gateway.httpUrl, NUMBERS);
    await publish(0, PIECES);
    let last: Payload | null = null;
    for (let payload = await stream.next(); payload; payload = await stream.next()) last = payload;
    expect(last?.errors).toMatchObject([refusal]);
    expect(gateway.gateway.live.counts).toEqual({ executions: 0, sources: 0 });
  });
});
