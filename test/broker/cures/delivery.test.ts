import { expect } from 'vitest';
import type { Verdict } from '../../../src/broker/hooks.ts';
import { connectPacket, publishPacket } from '../wire.ts';
import { cure, gate, heard, kept, publish } from './grounds.ts';

cure(
  'a message that waits for the store is not taken for a duplicate of later ones',
  'an acknowledged message was lost',
  {},
  async (ground) => {
    const subscriber = await ground.connect({ clientId: 'subscriber', clean: false });
    await subscriber.subscribe(['live', 1]);
    const publisher = await ground.connect({ clientId: 'publisher' });
    const release = ground.holdStore();
    publisher.write(publishPacket('live', 1, 1, 'slow'));
    await publish(ground, 'live', 0, 'fast');
    expect((await subscriber.next('publish')).payload.toString()).toBe('fast');
    release();
    await publisher.next('puback');
    expect(await heard(ground, subscriber), 'an acknowledged message was lost').toEqual(['slow q1']);
  },
);

cure('a PUBACK follows the batch that holds the message', 'pingresp expected, puback came', {}, async (ground) => {
  const away = await ground.connect({ clientId: 'away', clean: false });
  await away.subscribe(['stored', 1]);
  await away.disconnect();
  const publisher = await ground.connect({ clientId: 'publisher' });
  const release = ground.holdStore();
  publisher.write(publishPacket('stored', 1, 1));
  for (let i = 0; i < 20; i++) await publisher.settle();
  release();
  await publisher.next('puback');
});

kept(
  'a PUBREC follows the batch that holds the message',
  () => ({}),
  async (ground) => {
    const away = await ground.connect({ clientId: 'away', clean: false });
    await away.subscribe(['stored', 2]);
    await away.disconnect();
    const publisher = await ground.connect({ clientId: 'publisher', clean: false });
    const release = ground.holdStore();
    publisher.write(publishPacket('stored', 2, 1));
    const other = await ground.connect({ clientId: 'other' });
    for (let i = 0; i < 20; i++) await other.settle();
    publisher.write({ cmd: 'pingreq' });
    const first = publisher.take();
    release();
    // What aedes alone does first is its own affair: it reads on only when the message is through.
    const kinds = [(await first).cmd, (await publisher.take()).cmd];
    expect(kinds.sort()).toEqual(['pingresp', 'pubrec']);
  },
);

cure(
  'a publisher whose message cannot be stored is told so by the end of its connection',
  'never came: the end of the connection',
  {},
  async (ground) => {
    const away = await ground.connect({ clientId: 'away', clean: false });
    await away.subscribe(['lost', 2]);
    await away.disconnect();
    const publisher = await ground.connect({ clientId: 'publisher' });
    ground.failStore();
    publisher.write(publishPacket('lost', 2, 1));
    await ground.soon(publisher.closed, 'the end of the connection');
    await expect(publisher.next('pubrec')).rejects.toThrow('the connection was closed');
  },
);

cure('a message that cannot be stored is not acknowledged', 'it was acknowledged', {}, async (ground) => {
  const away = await ground.connect({ clientId: 'away', clean: false });
  await away.subscribe(['lost', 1]);
  await away.disconnect();
  const publisher = await ground.connect({ clientId: 'publisher' });
  ground.failStore();
  publisher.write(publishPacket('lost', 1, 1));
  const answer = await publisher.take().then(
    ({ cmd }) => cmd,
    () => 'the end',
  );
  expect(answer, 'it was acknowledged').toBe('the end');
});

cure(
  'a message that is sent again carries DUP and its old packet id [MQTT-3.3.1-1]',
  'sent as a new one',
  {},
  async (ground) => {
    const first = await ground.connect({ clientId: 'again', clean: false });
    await first.subscribe(['again', 1]);
    await publish(ground, 'again', 1, 'x');
    const { messageId } = await first.next('publish');
    await first.vanish();
    const second = await ground.connect({ clientId: 'again', clean: false });
    const packet = await second.next('publish');
    expect([packet.dup, packet.messageId], 'sent as a new one').toEqual([true, messageId]);
  },
);

cure(
  'a client that acknowledges nothing has a window of messages on their way, not all of them',
  'more than the window was sent',
  { mqtt: 'max_inflight: 5' },
  async (ground) => {
    const subscriber = await ground.connect({ clientId: 'silent' });
    await subscriber.subscribe(['flood', 1]);
    const publisher = await ground.connect({ clientId: 'publisher' });
    for (let i = 1; i <= 20; i++) await publisher.ask(publishPacket('flood', 1, i), 'puback');
    let sent = 0;
    subscriber.write({ cmd: 'pingreq' });
    while ((await subscriber.take()).cmd === 'publish') sent++;
    expect(sent, 'more than the window was sent').toBe(5);
  },
);

/** A hook that answers about the topic `slow` when the test says so, and about others in the next turn. */
function slowHook() {
  const verdict = gate();
  return {
    answer: verdict.open,
    hooks: {
      async authorizePublish(_client: unknown, topic: string): Promise<Verdict> {
        if (topic === 'slow') await verdict.passed;
        return 'allow';
      },
    },
  };
}

cure(
  'a slow verdict delays what the client sent behind, and reorders nothing [MQTT-4.6.0-2]',
  'reordered',
  slowHook,
  async (ground, circumstances) => {
    const { answer } = circumstances as ReturnType<typeof slowHook>;
    const subscriber = await ground.connect({ clientId: 'subscriber' });
    await subscriber.subscribe(['#', 1]);
    const publisher = await ground.connect({ clientId: 'publisher' });
    publisher.write(publishPacket('slow', 1, 1, 'first'), publishPacket('quick', 1, 2, 'second'));
    const other = await ground.connect({ clientId: 'other' });
    for (let i = 0; i < 20; i++) await other.settle();
    answer();
    const ids = [(await publisher.next('puback')).messageId, (await publisher.next('puback')).messageId];
    expect([ids, await heard(ground, subscriber)], 'reordered').toEqual([
      [1, 2],
      ['first q1', 'second q1'],
    ]);
  },
);

kept(
  'an accepted QoS 2 message that is sent again after a reconnect is published once',
  () => ({}),
  async (ground) => {
    const watcher = await ground.connect({ clientId: 'watcher' });
    await watcher.subscribe(['once', 0]);
    const first = await ground.connect({ clientId: 'sender', clean: false });
    await first.ask(publishPacket('once', 2, 7), 'pubrec');
    await first.vanish();
    const second = await ground.open();
    await second.ask(connectPacket({ clientId: 'sender', clean: false }), 'connack');
    await second.ask({ ...publishPacket('once', 2, 7), dup: true }, 'pubrec');
    await second.ask({ cmd: 'pubrel', messageId: 7 }, 'pubcomp');
    expect(await heard(ground, watcher)).toEqual(['x q0']);
  },
);

cure('messages that come while a session drains join its end', 'out of order', {}, async (ground) => {
  const away = await ground.connect({ clientId: 'away', clean: false });
  await away.subscribe(['drain', 1]);
  await away.disconnect();
  const publisher = await ground.connect({ clientId: 'publisher' });
  for (let i = 1; i <= 200; i++) await publisher.ask(publishPacket('drain', 1, i, `${i}`), 'puback');
  const back = await ground.connect({ clientId: 'away', clean: false });
  publisher.write(...Array.from({ length: 100 }, (_, i) => publishPacket('drain', 1, 201 + i, `${201 + i}`)));
  for (let i = 201; i <= 300; i++) await publisher.next('puback');
  const expected = Array.from({ length: 300 }, (_, i) => `${i + 1} q1`);
  expect(await heard(ground, back), 'out of order').toEqual(expected);
});
