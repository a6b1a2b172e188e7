import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { buildProgram, cleanUp, newFolder, type Program, type Run, start } from './program.ts';

// Several starts, each a second of computing and several on a busy machine.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

const ROUNDS = 4;
const AT_ONCE = 40;

let program: Program;

beforeAll(async () => {
  program = await buildProgram();
});

afterAll(cleanUp);

/** Makes the plugin one that the program loads at its start. */
async function activate(dataDir: string): Promise<void> {
  const store = await openStore(dataDir);
  await store.space('plugins').put('emqx_delayed_publish', { active: true });
  await store.close();
}

const next = (client: MqttClient): Promise<unknown> => new Promise((resolve) => client.once('message', resolve));

describe('delayed messages of a program that is killed while it takes and publishes them', () => {
  test('come once each, with QoS 2', async () => {
    const dataDir = newFolder();
    await activate(dataDir);
    let port = '0';
    const begin = async (): Promise<Run> => {
      const one = await start(program, [], { env: { BROKERQL_DATA_DIR: dataDir, BROKERQL_MQTT_PORT: port } });
      port = one.address('MQTT').split(':')[1] ?? '';
      return one;
    };
    let one = await begin();
    const connect = (clientId: string): Promise<MqttClient> => {
      const options: IClientOptions = { clientId, clean: false, reconnectPeriod: 20, port: Number(port) };
      return mqtt.connectAsync({ host: '127.0.0.1', ...options });
    };
    const subscriber = await connect('subscriber');
    const counts = new Map<string, number>();
    subscriber.on('message', (_topic, payload) => {
      counts.set(payload.toString(), (counts.get(payload.toString()) ?? 0) + 1);
    });
    await subscriber.subscribeAsync('t', { qos: 2 });
    const publisher = await connect('publisher');
    const acknowledged: Promise<unknown>[] = [];
    let sent = 0;
    for (let round = 0; round < ROUNDS; round++) {
      // The kill comes while some are on their way in, some wait, and some are on their way out.
      const first = publisher.publishAsync(`$delayed/0/t`, `${sent++}`, { qos: 2 });
      acknowledged.push(first);
      for (let i = 1; i < AT_ONCE; i++) {
        acknowledged.push(publisher.publishAsync(`$delayed/${i % 2}/t`, `${sent++}`, { qos: 2 }));
      }
      await first;
      if (counts.size === 0) await next(subscriber);
      for (let i = 0; i < round * 10; i++) await new Promise(setImmediate);
      one.kill('SIGKILL');
      await one.exited;
      one = await begin();
    }
    await Promise.all(acknowledged);
    while (counts.size < sent) await next(subscriber);
    // Whatever else is there has come before this.
    await publisher.publishAsync('t', 'end', { qos: 2 });
    while (!counts.has('end')) await next(subscriber);
    const expected = Array.from({ length: sent }, (_, i) => [`${i}`, 1]);
    counts.delete('end');
    expect([...counts].sort(([a], [b]) => Number(a) - Number(b))).toEqual(expected);
    publisher.end(true);
    subscriber.end(true);
    one.kill('SIGTERM');
    expect(await one.exited).toEqual({ code: 0, signal: null });
  });
});
