import { join } from 'node:path';
import type { Broker } from '../brokers/broker.ts';
import { launch } from '../brokers/running.ts';

/** What every subscriber of the fan-out follows. */
export const TOPIC = 'bench/fan-out';

/** How messages get from the broker to GraphQL subscribers. */
export const ways = { raw: 'ws.send', plain: 'graphql-ws', engine: 'brokerql' } as const;

export type Way = keyof typeof ways;

const PORTS = /mqtt (\d+) graphql (\d+)\n/;

/** The port of the door that GraphQL subscribers use, of a process that `fanOut` started. */
export const graphqlPort = (output: string): number => Number(PORTS.exec(output)?.[2]);

/** A broker in a process of its own, whose messages are delivered in one of the ways. */
export const fanOut = (way: Way): Broker => ({
  name: ways[way],
  start: () =>
    launch({
      command: process.execPath,
      args: [join(import.meta.dirname, 'server.js'), way],
      portIn(output) {
        const port = PORTS.exec(output)?.[1];
        return port === undefined ? null : Number(port);
      },
    }),
});
