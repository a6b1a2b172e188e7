import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectWire, publishPacket, type Wire } from '../broker/wire.ts';
import { overWebSocket } from '../live/doors.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { put, set } from './support/change.ts';

const PIECE = 256 * 1024;
/** More than sockets of the loopback interface hold. */
const PIECES = 64;
const QUERY = 'subscription { messages(topicFilter: "big") { payload { text } } }';

interface Data {
  readonly messages: { readonly payload: { readonly text: string } };
}

let gateway: TestGateway;
let publisher: Wire;

beforeAll(async () => {
  gateway = await startGateway();
  publisher = await connectWire(gateway, { clientId: 'publisher' });
});

afterAll(() => gateway.close());

/** Publishes while a subscriber reads nothing; what comes of it then, as the numbers of messages or as a fault. */
async function missed(change: () => Promise<void>): Promise<{ came: readonly number[]; fault: string | null }> {
  await using following = await overWebSocket<Data>(gateway.httpUrl, QUERY);
  following.pause();
  await change();
  for (let i = 0; i < PIECES; i++) {
    await publisher.ask(publishPacket('big', 1, 1, String(i).padStart(PIECE, '.')), 'puback');
  }
  following.resume();
  const came: number[] = [];
  while (came.at(-1) !== PIECES - 1) {
    const payload = await following.next();
    if (!payload?.data) return { came, fault: JSON.stringify(payload) };
    came.push(Number(payload.data.messages.payload.text.replaceAll('.', '')));
  }
  return { came, fault: null };
}

/** How many of the newest came behind a gap; null where there was none. */
function behindGap(came: readonly number[]): number | null {
  const gap = came.findIndex((number, i) => i > 0 && number !== (came[i - 1] ?? 0) + 1);
  return gap < 0 ? null : came.length - gap;
}

test('graphql.max_queue is what is kept for a subscriber that follows already', async () => {
  await set(gateway, 'graphql.max_queue_bytes', 4_294_967_295);
  const all = await missed(async () => {});
  expect(behindGap(all.came)).toBeNull();
  const { came, fault } = await missed(() => put(gateway, 'graphql.max_queue', '5'));
  expect([behindGap(came), fault]).toEqual([5, null]);
  await set(gateway, 'graphql.max_queue', 1000);
});

test('graphql.max_queue_bytes is, too', async () => {
  const { came, fault } = await missed(() => put(gateway, 'graphql.max_queue_bytes', '1000000'));
  expect([behindGap(came), fault]).toEqual([3, null]);
});

test('graphql.max_dropped ends a subscriber that misses more', async () => {
  await set(gateway, 'graphql.max_queue_bytes', 1);
  const { fault } = await missed(() => put(gateway, 'graphql.max_dropped', '10'));
  expect(fault).toContain('11 events were dropped because they were not read; the limit is 10');
});
