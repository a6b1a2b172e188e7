import { expect } from 'vitest';
import type { Hooks, Verdict } from '../../../src/broker/hooks.ts';
import { connectPacket, NAMELESS_PERSISTENT_CONNECT, publishPacket } from '../wire.ts';
import { cure, gate, heard, kept, publish } from './grounds.ts';

const willOf = (payload: string, topic = 'wills/a', qos: 0 | 1 | 2 = 1) => ({
  topic,
  payload: Buffer.from(payload),
  qos,
  retain: false,
});

/** The second CONNECT is let in when the test says so. */
function heldBack(): { hooks: Hooks; asked: Promise<void>; letIn(): void } {
  const asked = gate();
  const verdict = gate();
  let connects = 0;
  return {
    asked: asked.passed,
    letIn: verdict.open,
    hooks: {
      async authenticate({ clientId }): Promise<Verdict> {
        if (clientId === 'same' && ++connects === 2) {
          asked.open();
          await verdict.passed;
        }
        return 'allow';
      },
    },
  };
}

cure(
  'a client whose predecessor ends at the same moment stays on the list, and can be kicked',
  'the new client is not listed',
  heldBack,
  async (ground, circumstances) => {
    const { asked, letIn } = circumstances as ReturnType<typeof heldBack>;
    const first = await ground.connect({ clientId: 'same' });
    await first.subscribe(['a', 0], ['b', 0]);
    const second = await ground.open();
    second.write(connectPacket({ clientId: 'same' }));
    await asked;
    const kicked = ground.kick('same');
    letIn();
    await second.next('connack');
    await kicked;
    await first.closed;
    await second.settle();
    expect(ground.clientIds(), 'the new client is not listed').toEqual(['same']);
    expect(await ground.kick('same')).toBe(true);
    await second.closed;
    expect(ground.connectedCount()).toBe(0);
  },
);

cure(
  'connections that come and go leave none behind in the count',
  'connections were miscounted',
  heldBack,
  async (ground, circumstances) => {
    const { asked, letIn } = circumstances as ReturnType<typeof heldBack>;
    const first = await ground.connect({ clientId: 'same' });
    await first.subscribe(['a', 0]);
    const second = await ground.open();
    second.write(connectPacket({ clientId: 'same' }));
    await asked;
    // The verdict comes when the old connection is ending and the new client hangs up.
    void ground.kick('same');
    second.socket.destroy();
    letIn();
    await Promise.all([first.closed, second.closed]);
    for (let i = 0; i < 20; i++) {
      const wires = await Promise.all([ground.open(), ground.open(), ground.open()]);
      for (const wire of wires) wire.write(connectPacket({ clientId: 'churn' }));
      for (const wire of wires) wire.socket.destroySoon();
      await Promise.all(wires.map(({ closed }) => closed));
    }
    const last = await ground.connect({ clientId: 'last' });
    for (let i = 0; i < 50; i++) await last.settle();
    expect(ground.connectedCount(), 'connections were miscounted').toBe(1);
  },
);

cure(
  'a takeover leaves the will of the new connection in the store',
  'the new will was deleted',
  {},
  async (ground) => {
    const first = await ground.connect({ clientId: 'willing', will: willOf('first') });
    await ground.connect({ clientId: 'willing', will: willOf('second') });
    await first.closed;
    const other = await ground.connect({ clientId: 'other' });
    await other.settle();
    expect(await ground.wills(), 'the new will was deleted').toEqual(['willing: second']);
  },
);

kept(
  'a will is published on a kick, on a takeover and when the connection breaks, and not on DISCONNECT',
  () => ({}),
  async (ground) => {
    const watcher = await ground.connect({ clientId: 'watcher' });
    await watcher.subscribe(['wills/#', 1]);
    await ground.connect({ clientId: 'willing', will: willOf('kicked') });
    await ground.kick('willing');
    expect((await watcher.next('publish')).payload.toString()).toBe('kicked');
    await ground.connect({ clientId: 'willing', will: willOf('taken over') });
    const second = await ground.connect({ clientId: 'willing', will: willOf('broken') });
    expect((await watcher.next('publish')).payload.toString()).toBe('taken over');
    await second.vanish();
    expect((await watcher.next('publish')).payload.toString()).toBe('broken');
    const third = await ground.connect({ clientId: 'willing', will: willOf('never') });
    await third.disconnect();
    await watcher.settle();
  },
);

cure(
  'a client may not leave a will for what is no topic name',
  'never came: the end of the connection',
  {},
  async (ground) => {
    const wire = await ground.open();
    wire.write(connectPacket({ will: willOf('x', 'a/+') }));
    await ground.soon(wire.closed, 'the end of the connection');
    await expect(wire.next('connack')).rejects.toThrow('the connection was closed');
  },
);

cure(
  'a client may not leave a will where it may not publish',
  'the will was accepted',
  { hooks: { authorizePublish: (_client, topic) => (topic === 'secret' ? 'deny' : 'ignore') } },
  async (ground) => {
    const wire = await ground.open();
    const { returnCode } = await wire.ask(connectPacket({ will: willOf('x', 'secret') }), 'connack');
    expect(returnCode, 'the will was accepted').toBe(5);
  },
);

cure(
  'a client without an id is refused a persistent session with 2 [MQTT-3.1.3-8]',
  'a nameless session was made',
  {},
  async (ground) => {
    const wire = await ground.open();
    const { returnCode } = await wire.ask(NAMELESS_PERSISTENT_CONNECT, 'connack');
    expect(returnCode, 'a nameless session was made').toBe(2);
  },
);

cure(
  'a session without subscriptions is told of as present [MQTT-3.2.2-2]',
  'the session was denied',
  {},
  async (ground) => {
    await (await ground.connect({ clientId: 'bare', clean: false })).disconnect();
    const wire = await ground.open();
    const { sessionPresent } = await wire.ask(connectPacket({ clientId: 'bare', clean: false }), 'connack');
    expect(sessionPresent, 'the session was denied').toBe(true);
  },
);

const withPassword = (): { hooks: Hooks } => ({
  hooks: { authenticate: (_client, password) => (password?.toString() === 'wrong' ? 'deny' : 'allow') },
});

kept('a wrong password leaves the connection of the client id alone', withPassword, async (ground) => {
  const holder = await ground.connect({ clientId: 'holder', will: willOf('x') });
  const stranger = await ground.open();
  const packet = connectPacket({ clientId: 'holder', username: 'x', password: Buffer.from('wrong') });
  expect(await stranger.ask(packet, 'connack')).toMatchObject({ returnCode: 5 });
  await stranger.closed;
  await holder.settle();
  expect(ground.clientIds()).toEqual(['holder']);
});

cure('a wrong password leaves the session of the client id alone', 'published twice', withPassword, async (ground) => {
  const watcher = await ground.connect({ clientId: 'watcher' });
  await watcher.subscribe(['once', 0]);
  const holder = await ground.connect({ clientId: 'holder', clean: false });
  await holder.ask(publishPacket('once', 2, 7, 'x'), 'pubrec');
  const stranger = await ground.open();
  const packet = connectPacket({ clientId: 'holder', username: 'x', password: Buffer.from('wrong') });
  expect(await stranger.ask(packet, 'connack')).toMatchObject({ returnCode: 5 });
  await stranger.closed;
  await holder.ask({ ...publishPacket('once', 2, 7, 'x'), dup: true }, 'pubrec');
  expect(await heard(ground, watcher), 'published twice').toEqual(['x q0']);
});

kept(
  'a clean session begins with nothing of a persistent one that is still connected',
  () => ({}),
  async (ground) => {
    const first = await ground.connect({ clientId: 'turned', clean: false });
    await first.subscribe(['old', 1]);
    const second = await ground.connect({ clientId: 'turned', clean: true });
    await first.closed;
    await publish(ground, 'old', 1, 'x');
    expect(await heard(ground, second)).toEqual([]);
    await second.disconnect();
    const third = await ground.open();
    const { sessionPresent } = await third.ask(connectPacket({ clientId: 'turned', clean: false }), 'connack');
    expect(sessionPresent).toBe(false);
  },
);
