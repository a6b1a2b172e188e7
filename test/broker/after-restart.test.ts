import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Hooks } from '../../src/broker/hooks.ts';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { sessionOf } from './figures.ts';
import { connectWire, publishPacket } from './wire.ts';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'brokerql-restart-'));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function start(folder = newFolder(), hooks: readonly Hooks[] = []): Promise<TestGateway> {
  const gateway = await startGateway('', {}, folder, hooks);
  cleanUps.push(() => gateway.close());
  return gateway;
}

/** The folder that the process would leave if it was killed now: whatever is written was handed to the system. */
function killed({ dataDir }: { readonly dataDir: string }): string {
  const folder = newFolder();
  cpSync(dataDir, folder, { recursive: true, filter: (path) => !path.endsWith('.sock') });
  return folder;
}

describe('a session of a client that is away, after a restart', () => {
  test('shows its messages of QoS 2 that wait for PUBREL before the client is back', async () => {
    const first = await start();
    const wire = await connectWire(first, { clientId: 'half', clean: false });
    await wire.ask(publishPacket('a', 2, 7), 'pubrec');
    await wire.ask(publishPacket('a', 2, 9), 'pubrec');
    const second = await start(killed(first));
    expect(await sessionOf(second, 'half')).toMatchObject({ connected: false, awaitingReleaseCount: 2 });
    const back = await connectWire(second, { clientId: 'half', clean: false });
    await back.ask({ cmd: 'pubrel', messageId: 7 }, 'pubcomp');
    expect(await sessionOf(second, 'half')).toMatchObject({ connected: true, awaitingReleaseCount: 1 });
  });
});

const willOf = (topic: string, retain = false) => ({
  topic,
  payload: Buffer.from('farewell'),
  qos: 1 as const,
  retain,
});

describe('a will that is retained', () => {
  test('has the user name of who left it, though the client is gone when it is published', async () => {
    const first = await start();
    const wire = await connectWire(first, { clientId: 'clean', username: 'anna', will: willOf('wills/live', true) });
    await wire.vanish();
    await eventually(() => first.gateway.broker.retained.get('wills/live') !== null, 'the will');
    expect(first.gateway.broker.retained.get('wills/live')).toMatchObject({ clientId: 'clean', username: 'anna' });
    await connectWire(first, { clientId: 'killed', username: 'bob', will: willOf('wills/dead', true) });
    const second = await start(killed(first));
    expect(second.gateway.broker.retained.get('wills/live')).toMatchObject({ clientId: 'clean', username: 'anna' });
    expect(second.gateway.broker.retained.get('wills/dead')).toMatchObject({ clientId: 'killed', username: 'bob' });
  });
});
