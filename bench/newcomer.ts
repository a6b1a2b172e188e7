import { connect } from 'node:net';
import { generate } from 'mqtt-packet';
import type { Measured, Order } from './load.ts';

type Arrive = Extract<Order, { order: 'arrive' }>;

const CONNACK = 0x20;

/** Connects as a client that nobody knows, and resets the connection when the CONNACK has come. */
function arrive(port: number, number: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1').setNoDelay(true);
    socket.once('error', reject);
    socket.once('data', ([type, , , returnCode]: Buffer) => {
      if (type !== CONNACK || returnCode !== 0) return reject(new Error(`refused with ${returnCode}`));
      // A connection that is closed would keep its port for a minute, and they are few.
      socket.resetAndDestroy();
      resolve();
    });
    const client = { clientId: `newcomer-${number}`, username: `somebody-${number}`, password: Buffer.from('x') };
    const how = { protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 0 } as const;
    socket.write(generate({ cmd: 'connect', ...how, ...client }));
  });
}

/** Connects one client after the other in each of some places, for some time. */
export async function arriveAll({ port, inFlight, milliseconds }: Arrive): Promise<Measured> {
  const start = performance.now();
  const end = start + milliseconds;
  let requests = 0;
  const arriveUntilEnd = async (): Promise<void> => {
    do {
      requests += 1;
      await arrive(port, requests);
    } while (performance.now() < end);
  };
  await Promise.all(Array.from({ length: inFlight }, arriveUntilEnd));
  return { answer: 'measured', requests, elapsed: performance.now() - start };
}
