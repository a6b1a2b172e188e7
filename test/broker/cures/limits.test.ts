import { afterEach, expect, vi } from 'vitest';
import type { Verdict } from '../../../src/broker/hooks.ts';
import { connectPacket, publishPacket, type Wire } from '../wire.ts';
import { cure, type Ground } from './grounds.ts';

afterEach(() => vi.useRealTimers());

cure(
  'a packet above the limit is refused as soon as its length is known',
  'never came: the end of the connection',
  { mqtt: 'max_packet_size: 1000000' },
  async (ground) => {
    const wire = await ground.connect();
    // A PUBLISH of 200 MB, of which only the fixed header is there.
    wire.write(Buffer.from('3080c2af5f', 'hex'));
    await ground.soon(wire.closed, 'the end of the connection');
  },
);

const silentHook = () => ({
  hooks: {
    authenticate: ({ clientId }: { clientId: string }): Verdict | Promise<Verdict> =>
      clientId === 'waiting' ? new Promise<Verdict>(() => {}) : 'allow',
    authorizePublish: (_client: unknown, topic: string): Verdict | Promise<Verdict> =>
      topic === 'unanswered' ? new Promise<Verdict>(() => {}) : 'allow',
    authorizeSubscribe: (_client: unknown, filter: string): Verdict | Promise<Verdict> =>
      filter === 'unanswered' ? new Promise<Verdict>(() => {}) : 'allow',
  },
  mqtt: 'hook_timeout: 600',
});

/** Lets ten minutes pass once the broker has read what was written before. */
async function letTimePass(ground: Ground, write: () => void): Promise<void> {
  const other = await ground.connect({ clientId: 'other' });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  write();
  for (let i = 0; i < 20; i++) await other.settle();
  vi.advanceTimersByTime(601_000);
  vi.useRealTimers();
}

cure(
  'a client about whom no verdict comes is refused after the deadline',
  'never came: the CONNACK',
  silentHook,
  async (ground) => {
    const wire = await ground.open();
    await letTimePass(ground, () => wire.write(connectPacket({ clientId: 'waiting' })));
    const { returnCode } = await ground.soon(wire.next('connack'), 'the CONNACK');
    expect(returnCode).toBe(5);
  },
);

cure(
  'a message about which no verdict comes is refused after the deadline, and what follows goes on',
  'never came: the second PUBACK',
  silentHook,
  async (ground) => {
    const wire = await ground.connect({ clientId: 'publisher' });
    await letTimePass(ground, () => wire.write(publishPacket('unanswered', 1, 1), publishPacket('answered', 1, 2)));
    const acknowledged = wire.next('puback').then(() => wire.next('puback'));
    expect(await ground.soon(acknowledged, 'the second PUBACK')).toMatchObject({ messageId: 2 });
  },
);

cure(
  'a subscription about which no verdict comes is refused after the deadline',
  'never came: the SUBACK',
  silentHook,
  async (ground) => {
    const wire = await ground.connect({ clientId: 'subscriber' });
    let granted: Promise<readonly unknown[]> | undefined;
    await letTimePass(ground, () => {
      granted = wire.subscribe(['unanswered', 1]);
    });
    expect(await ground.soon(granted as Promise<readonly unknown[]>, 'the SUBACK')).toEqual([128]);
  },
);

/** With 64 KiB each more than two sockets take between them. */
const MANY = 400;
const LARGE = 'x'.repeat(64 * 1024);

/** A client that subscribes and then reads nothing any more. */
async function frozenClient(ground: Ground, clientId: string, filter: string, qos: 0 | 1): Promise<Wire> {
  const frozen = await ground.connect({ clientId });
  await frozen.subscribe([filter, qos]);
  frozen.socket.pause();
  return frozen;
}

cure(
  'a client that stops reading makes nobody else wait; what it misses is dropped and counted',
  'never came: all messages',
  { mqtt: 'high_watermark: 65536' },
  async (ground) => {
    const frozen = await frozenClient(ground, 'frozen', 'news', 0);
    const reader = await ground.connect({ clientId: 'reader' });
    await reader.subscribe(['news', 0]);
    const before = await ground.droppedMessages();
    const publisher = await ground.connect({ clientId: 'publisher' });
    let arrived = 0;
    const all = (async () => {
      for (; arrived < MANY; arrived++) {
        publisher.write(publishPacket('news', 0, undefined, LARGE));
        await reader.next('publish');
      }
    })();
    all.catch(() => {});
    await ground.soon(all, 'all messages', () => arrived);
    const dropped = (await ground.droppedMessages()) - before;
    expect(dropped).toBeGreaterThan(0);
    // What was not dropped arrives when it reads again.
    frozen.socket.resume();
    for (let i = dropped; i < MANY; i++) await frozen.next('publish');
    await frozen.settle();
  },
);

cure(
  'a client that leaves more unread than the hard limit is disconnected',
  /still connected|never came: all PUBACKs/,
  { mqtt: 'high_watermark: 65536, max_unread: 1048576, max_inflight: 1000' },
  async (ground) => {
    await frozenClient(ground, 'frozen', 'work', 1);
    const publisher = await ground.connect({ clientId: 'publisher' });
    let acknowledged = 0;
    const all = (async () => {
      for (; acknowledged < MANY && ground.clientIds().includes('frozen'); acknowledged++) {
        await publisher.ask(publishPacket('work', 1, 1 + acknowledged, LARGE), 'puback');
      }
    })();
    all.catch(() => {});
    await ground.soon(all, 'all PUBACKs', () => acknowledged);
    expect(ground.clientIds(), 'still connected').not.toContain('frozen');
  },
);
