import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { MqttBroker } from '../../src/broker/mqtt-broker.ts';
import { createTcpPort } from '../../src/broker/mqtt-ports.ts';
import type { Port } from '../../src/port.ts';
import { SessionStore } from '../../src/store/session-store.ts';
import { type DataStore, openStore } from '../../src/store/store.ts';
import { openSocket } from '../broker/house.ts';
import { connectPacket, Wire } from '../broker/wire.ts';
import { eventually, NODE, testConfig } from '../support/gateway.ts';

let folder: string;
let store: DataStore;
let broker: MqttBroker;
let port: Port;

/** A broker that finds a client banned when it looks for this time, counted from 0, and whenever it looks behind that. */
async function open(bannedFrom: number): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
  store = await openStore(folder);
  let looks = 0;
  broker = new MqttBroker({
    nodeName: NODE,
    limits: testConfig('unused').mqtt,
    allowAnonymous: true,
    banOf: ({ clientId }) => (clientId === 'sensor-17' && looks++ >= bannedFrom ? 'it is banned' : null),
    store: await SessionStore.open(store.database),
    onClientFault: () => {},
    onFault: (error) => {
      throw error;
    },
  });
  port = createTcpPort(broker, {});
  await broker.start();
  await port.listen('127.0.0.1', 0);
}

afterEach(async () => {
  port.stopAccepting();
  await broker.close();
  await port.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Before it is asked who it is, when its turn has come, when its session is ready, and when it is to be listed. */
const LOOKS = 4;

describe.each([true, false])('with clean session %s', (clean) => {
  test.each(Array.from({ length: LOOKS }, (_, look) => look))(
    'a client that is banned from look %i on is refused with return code 5',
    async (look) => {
      await open(look);
      const will = { topic: 'w', payload: Buffer.from('x'), qos: 1, retain: true } as const;
      const wire = new Wire(await openSocket(port));
      wire.write(connectPacket({ clientId: 'sensor-17', clean, will }));
      expect(await wire.next('connack')).toMatchObject({ returnCode: 5, sessionPresent: false });
      await wire.closed;
      await eventually(() => port.shutdownCount.banned === 1, 'its end to be counted');
      expect(port.shutdownCount).toEqual({ banned: 1 });
      expect(broker.registry.connectionsCount).toBe(0);
      expect(broker.retained.get('w')).toBeNull();
      const told = broker.refusals
        .of('sensor-17')
        .map(({ kind, action, message, count }) => [kind, action, message, count]);
      expect(told).toEqual([['BAN', 'CONNECT', 'it is banned', 1]]);
      const other = new Wire(await openSocket(port));
      expect(await other.ask(connectPacket({ clientId: 'other' }), 'connack')).toMatchObject({ returnCode: 0 });
    },
  );

  test('a client that is banned after its last look was let in', async () => {
    await open(LOOKS);
    const wire = new Wire(await openSocket(port));
    expect(await wire.ask(connectPacket({ clientId: 'sensor-17', clean }), 'connack')).toMatchObject({ returnCode: 0 });
    await wire.disconnect();
  });
});
