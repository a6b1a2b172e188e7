import { deepStrictEqual } from 'node:assert';
import type { Express } from 'express';
import { print } from 'graphql';
import type { Port } from '../src/port.ts';
import { compete, type Effort, type Side } from './contest.ts';
import { createHandWritten } from './hand-written.ts';
import { AUTHORIZATION, createPort, type House } from './house.ts';
import { type Call, createInterpreted } from './interpreted.ts';
import type { LoadProcess } from './load-process.ts';
import { figure, ratio } from './table.ts';

export interface Bench {
  readonly house: House;
  readonly load: LoadProcess;
  readonly effort: Effort;
}

/** A REST call and the operation that says the same. */
export interface Matchup {
  readonly method: 'GET' | 'POST';
  /** Below `/api/v3`. */
  readonly path: string;
  readonly body?: unknown;
  readonly call: Call;
}

export const IN_FLIGHT = [1, 8];

/** The columns of `measure`. */
export const MEASURES = [
  'in flight',
  'hand µs',
  'facade µs',
  'ratio',
  'hand cpu',
  'facade cpu',
  'ratio',
  'execute cpu',
  'ratio',
  '/graphql cpu',
  'ratio',
];

interface Wire {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

const bodyOf = ({ body }: Wire): string => (body === undefined ? '' : JSON.stringify(body));

function onTheWire(wire: Wire): string {
  const body = bodyOf(wire);
  const about = body === '' ? '' : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  const head = `${wire.method} ${wire.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${AUTHORIZATION}\r\n${about}`;
  return `${head}\r\n${body}`;
}

async function answerOf({ port }: Port, wire: Wire): Promise<unknown> {
  const body = bodyOf(wire);
  const response = await fetch(`http://127.0.0.1:${port}${wire.path}`, {
    method: wire.method,
    headers: { authorization: AUTHORIZATION, ...(body === '' ? {} : { 'content-type': 'application/json' }) },
    ...(body === '' ? {} : { body }),
  });
  return response.json();
}

async function opened(app: Express): Promise<Port> {
  const port = createPort('http:bench', app);
  await port.listen('127.0.0.1', 0);
  return port;
}

/**
 * Compares four ways to one answer: by hand, through the facade, through graphql-js, through `/graphql`. Refuses to
 * measure sides that answer differently.
 */
export async function measure({ house, load, effort }: Bench, matchup: Matchup): Promise<string[][]> {
  const { management } = house;
  const byHand = await opened(createHandWritten(house));
  const interpreted = await opened(createInterpreted(house, matchup.call));
  try {
    const rest: Wire = { ...matchup, path: `/api/v3${matchup.path}` };
    const plain: Wire = { method: matchup.method, path: '/', body: matchup.body };
    const { document, variables } = matchup.call;
    const door: Wire = { method: 'POST', path: '/graphql', body: { query: print(document), variables } };
    deepStrictEqual(await answerOf(management, rest), await answerOf(byHand, rest));
    deepStrictEqual(await answerOf(management, door), await answerOf(interpreted, plain));

    const own: Side[] = [
      { port: byHand.port, request: onTheWire(rest) },
      { port: management.port, request: onTheWire(rest) },
    ];
    const others: Side[] = [
      { port: interpreted.port, request: onTheWire(plain) },
      { port: management.port, request: onTheWire(door) },
    ];
    const rows: string[][] = [];
    for (const inFlight of IN_FLIGHT) {
      const isAlone = inFlight === 1;
      const costs = await compete(load, isAlone ? [...own, ...others] : own, inFlight, effort);
      const [hand, facade, ...rest] = costs;
      if (!hand || !facade) throw new Error('a side was not measured');
      rows.push([
        String(inFlight),
        figure(hand.time),
        figure(facade.time),
        ratio(facade.ratio.time),
        figure(hand.cpu),
        figure(facade.cpu),
        ratio(facade.ratio.cpu),
        ...rest.flatMap((side) => [figure(side.cpu), ratio(side.ratio.cpu)]),
      ]);
    }
    return rows;
  } finally {
    await Promise.all([byHand.close(), interpreted.close()]);
  }
}
