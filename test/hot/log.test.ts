import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import { createLog, type Log } from '../../src/log.ts';
import { openStore } from '../../src/store/store.ts';
import { openSocket } from '../broker/house.ts';
import { connectPacket, Wire } from '../broker/wire.ts';
import { eventually, testConfig } from '../support/gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly app?: string;
  readonly key?: string;
  readonly reason?: string;
}

let gateway: Gateway;
let lines: Line[];
let log: Log;

async function start(): Promise<void> {
  lines = [];
  log = createLog('warn', { write: (line) => lines.push(JSON.parse(line)) });
  gateway = await createGateway(testConfig(folder, '', { BROKERQL_LOG_LEVEL: 'warn' }), log);
  await gateway.listen();
}

afterEach(() => gateway.close());

const levelsOf = (msg: string): string[] => lines.filter((line) => line.msg === msg).map(({ level }) => level);

/** A client whose fault is logged as debug. */
async function fail(): Promise<void> {
  const wire = new Wire(await openSocket(gateway.ports.mqtt));
  await wire.ask(connectPacket(), 'connack');
  wire.write(Buffer.from([0xf0, 0x00]));
  await wire.closed;
}

test('log.level is that of every log at once, and of the next start', async () => {
  await start();
  const child = log.child({ plugin: 'sample' });
  await fail();
  child.debug('before');
  await gateway.hot.change({ app: 'emqx', set: [{ key: 'log.level', value: 'debug' }] }, null);
  await fail();
  child.debug('after');
  await eventually(() => levelsOf('an MQTT client failed').length > 0, 'the line of the second client');
  expect([levelsOf('an MQTT client failed'), levelsOf('before'), levelsOf('after')]).toEqual([
    ['debug'],
    [],
    ['debug'],
  ]);
  await gateway.close();

  await start();
  await fail();
  await eventually(() => levelsOf('an MQTT client failed').length > 0, 'the line of the client');
});

test('what is stored and counts no longer is logged, and does not keep the program from starting', async () => {
  const store = await openStore(folder);
  await store.space<{ value: unknown }>('settings').put('emqx/mqtt.max_inflight', { value: -1 });
  await store.space<{ value: unknown }>('settings').put('emqx/mqtt.gone', { value: 1 });
  await store.close();
  await start();
  expect(lines.filter(({ msg }) => msg === 'a stored setting counts no longer')).toEqual([
    expect.objectContaining({
      level: 'warn',
      app: 'emqx',
      key: 'mqtt.max_inflight',
      reason: 'mqtt.max_inflight must be a whole number of messages from 1 to 65535, not -1',
    }),
    expect.objectContaining({ level: 'warn', app: 'emqx', key: 'mqtt.gone', reason: 'there is no such setting' }),
  ]);
  expect(gateway.config.mqtt.maxInflight).toBe(32);
  await gateway.close();
  rmSync(folder, { recursive: true, force: true });
});
