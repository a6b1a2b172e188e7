import { describe, expect, test } from 'vitest';
import { useBroker, will } from './support/broker.ts';
import type { Client } from './support/client.ts';

const broker = useBroker();

/** Sends a PINGREQ behind every PINGRESP until it is told to stop. */
function keepPinging(client: Client): { stop(): Promise<void> } {
  let isStopped = false;
  const pinging = (async () => {
    while (!isStopped) await client.settle();
  })();
  return {
    stop() {
      isStopped = true;
      return pinging;
    },
  };
}

describe('3.1.2.10 keep alive', () => {
  test('[MQTT-3.1.2-24] ends the connections of those that are silent for too long, and of nobody else', async () => {
    const watcher = await broker.connect();
    await watcher.subscribe(['silent/will', 1]);
    const forever = await broker.connect({ keepalive: 0 });
    const patient = await broker.connect({ keepalive: 60 });
    const pinging = await broker.connect({ keepalive: 1 });
    const pings = keepPinging(pinging);
    const silent = await broker.connect({ keepalive: 1, will: will('silent/will') });
    // What a client gets is no sign of its life.
    const listening = await broker.connect({ keepalive: 1 });
    await listening.subscribe(['talk', 0]);
    const publisher = await broker.connect();
    await publisher.publish('talk', 0);
    expect(await silent.untilClosed()).toEqual([]);
    expect(await listening.untilClosed()).toEqual(['talk=x q0']);
    expect(await watcher.message()).toBe('silent/will=will q1');
    await pings.stop();
    for (const client of [pinging, forever, patient]) await client.settle();
  });
});
