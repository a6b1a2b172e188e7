import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PluginDeed } from '../../src/domain.ts';
import { retainer } from '../../src/plugins/retainer/retainer.ts';
import { connectWire, publishPacket, type Wire } from '../broker/wire.ts';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { openPluginHouse, type PluginHouse } from './support/house.ts';

const NAME = 'emqx_retainer';
const HOUR = 3_600_000;

const retain = (wire: Wire, topic: string, payload: string) =>
  wire.ask({ ...publishPacket(topic, 1, 1, payload), retain: true }, 'puback');

/** What a new subscription to everything is sent, as `topic=payload`. */
async function sentTo(wire: Wire): Promise<string[]> {
  await wire.subscribe(['#', 0]);
  const sent: string[] = [];
  wire.write({ cmd: 'pingreq' });
  for (;;) {
    const packet = await wire.take();
    if (packet.cmd === 'pingresp') return sent.sort();
    if (packet.cmd === 'publish') sent.push(`${packet.topic}=${packet.payload}`);
  }
}

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

describe('emqx_retainer in a program', () => {
  let gateway: TestGateway;

  const open = async () => {
    gateway = await startGateway('', {}, folder);
  };

  afterEach(() => gateway.close());

  const change = (deed: PluginDeed) => gateway.gateway.domain.changePlugin(NAME, deed, null);

  test('is active on a fresh start', async () => {
    await open();
    const plugins = await gateway.gateway.domain.plugins(null);
    expect(plugins.find(({ name }) => name === NAME)).toMatchObject({ active: true, type: 'FEATURE', failure: null });
    const publisher = await connectWire(gateway, { clientId: 'publisher' });
    await retain(publisher, 'a', 'kept');
    expect(await sentTo(await connectWire(gateway, { clientId: 'subscriber' }))).toEqual(['a=kept']);
  });

  test('unloaded, messages are delivered and not kept, and new subscribers are sent none; loaded, all are back', async () => {
    await open();
    const publisher = await connectWire(gateway, { clientId: 'publisher' });
    const subscriber = await connectWire(gateway, { clientId: 'subscriber' });
    await retain(publisher, 'a', 'before');
    expect(await sentTo(subscriber)).toEqual(['a=before']);
    await change('unload');
    await retain(publisher, 'a', 'meanwhile');
    await retain(publisher, 'b', 'meanwhile');
    // An empty payload clears nothing now.
    await publisher.ask({ ...publishPacket('a', 1, 1, ''), retain: true }, 'puback');
    for (const topic of ['a', 'b', 'a'])
      expect(await subscriber.next('publish')).toMatchObject({ topic, retain: false });
    expect(await sentTo(await connectWire(gateway, { clientId: 'late' }))).toEqual([]);
    await change('load');
    expect(await sentTo(await connectWire(gateway, { clientId: 'later' }))).toEqual(['a=before']);
    expect([publisher, subscriber].map(({ socket }) => socket.destroyed)).toEqual([false, false]);
  });

  test('unloaded, stays so over a restart, and what was kept is on the disk until it is loaded', async () => {
    await open();
    const publisher = await connectWire(gateway, { clientId: 'publisher' });
    await retain(publisher, 'a', 'before');
    await change('unload');
    await gateway.close();
    await open();
    expect(await sentTo(await connectWire(gateway, { clientId: 'late' }))).toEqual([]);
    await change('load');
    expect(await sentTo(await connectWire(gateway, { clientId: 'later' }))).toEqual(['a=before']);
  });

  test('loaded anew, leaves no moment in which a message is not kept', async () => {
    await open();
    const publisher = await connectWire(gateway, { clientId: 'publisher' });
    let isOver = false;
    const reloads = (async () => {
      for (let i = 0; i < 20; i++) await change('reload');
      isOver = true;
    })();
    let count = 0;
    for (; !isOver; count++) await retain(publisher, `t/${count}`, 'x');
    await reloads;
    expect(count).toBeGreaterThan(0);
    expect(gateway.gateway.broker.retained.size).toBe(count);
  });
});

describe('the settings of emqx_retainer', () => {
  let house: PluginHouse;

  const open = async (settings: object) => {
    house = await openPluginHouse({ plugins: [retainer], settings: { [NAME]: settings }, folder });
  };

  afterEach(() => house.close());

  const listed = async (): Promise<string[]> =>
    (await house.broker.retained.page({ filter: {}, offset: 0, limit: 10, after: null })).items.map(
      ({ topic }) => topic,
    );

  test('bound messages and payloads, and take effect when they change', async () => {
    await open({ maxMessages: 1, maxPayload: 4 });
    const publisher = await house.wire({ clientId: 'publisher' });
    await retain(publisher, 'a', 'four');
    await retain(publisher, 'a', 'five!');
    await retain(publisher, 'b', 'b');
    expect(await sentTo(await house.wire({ clientId: 'one' }))).toEqual(['a=four']);
    await house.configure(NAME, { maxMessages: 2, maxPayload: 5 });
    await retain(publisher, 'a', 'five!');
    await retain(publisher, 'b', 'b');
    expect(await sentTo(await house.wire({ clientId: 'two' }))).toEqual(['a=five!', 'b=b']);
  });

  test('that are lower than what is kept remove nothing, over a restart either', async () => {
    await open({});
    const publisher = await house.wire({ clientId: 'publisher' });
    for (const topic of ['a', 'b']) await retain(publisher, topic, 'kept');
    await house.close();
    await open({ maxMessages: 1, maxPayload: 1 });
    expect(await sentTo(await house.wire({ clientId: 'one' }))).toEqual(['a=kept', 'b=kept']);
  });

  test('let a message expire, for subscribers, in lists and on the disk, and its place is free', async () => {
    await open({ maxMessages: 1, expiryInterval: 1 });
    const publisher = await house.wire({ clientId: 'publisher' });
    await retain(publisher, 'a', 'first');
    expect(await listed()).toEqual(['a']);
    await eventually(() => house.broker.retained.get('a') === null, 'the end of the message');
    expect(await listed()).toEqual([]);
    expect(await sentTo(await house.wire({ clientId: 'one' }))).toEqual([]);
    await retain(publisher, 'b', 'second');
    expect(await listed()).toEqual(['b']);
    await house.close();
    await open({});
    expect(await listed()).toEqual(['b']);
  });

  test('remove what expired without anybody asking', async () => {
    await open({ expiryInterval: 1 });
    const publisher = await house.wire({ clientId: 'publisher' });
    for (const topic of ['a', 'b']) await retain(publisher, topic, 'x');
    await eventually(() => house.broker.retained.size === 0, 'the removal');
    await house.database.flush();
    await house.close();
    await open({});
    expect(await listed()).toEqual([]);
  });

  test('count from the last message of a topic', async () => {
    await open({ expiryInterval: 3600 });
    const publisher = await house.wire({ clientId: 'publisher' });
    await retain(publisher, 'old', 'x');
    await retain(publisher, 'new', 'x');
    const now = performance.now();
    const clock = vi.spyOn(performance, 'now').mockReturnValue(now + HOUR - 1000);
    await retain(publisher, 'new', 'again');
    clock.mockReturnValue(now + HOUR + 1000);
    expect(await listed()).toEqual(['new']);
    expect(await sentTo(await house.wire({ clientId: 'one' }))).toEqual(['new=again']);
  });

  test('count the time in which no broker runs, and heed no clock that jumps while one does', async () => {
    await open({ expiryInterval: 3600 });
    const publisher = await house.wire({ clientId: 'publisher' });
    await retain(publisher, 'a', 'x');
    const now = Date.now();
    const clock = vi.spyOn(Date, 'now').mockReturnValue(now + 2 * HOUR);
    expect(await listed()).toEqual(['a']);
    await retain(publisher, 'b', 'x');
    await house.close();
    await open({ expiryInterval: 3600 });
    expect(await listed()).toEqual(['b']);
    await eventually(() => house.broker.retained.size === 1, 'the removal');
    clock.mockReturnValue(now - HOUR);
    await house.close();
    await open({ expiryInterval: 3600 });
    // What seems to be from the future is as good as new.
    expect(await listed()).toEqual(['b']);
  });

  test('let what was kept before they were set expire by its age', async () => {
    await open({});
    const publisher = await house.wire({ clientId: 'publisher' });
    await retain(publisher, 'a', 'x');
    const now = performance.now();
    vi.spyOn(performance, 'now').mockReturnValue(now + 5000);
    await house.configure(NAME, { expiryInterval: 4 });
    expect(await listed()).toEqual([]);
    await house.configure(NAME, { expiryInterval: 0 });
    await retain(publisher, 'a', 'x');
    await house.configure(NAME, { expiryInterval: 6 });
    expect(await listed()).toEqual(['a']);
  });
});
