import { PassThrough } from 'node:stream';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { parse } from 'graphql';
import type { Context } from '../../resolvers/context.ts';
import { type LiveOptions, LiveSource, live as liveField, type Sink } from '../../resolvers/live-source.ts';
import { BrokerError, type Role } from '../../src/domain.ts';
import { streamFraming } from '../../src/graphql/live/framing.ts';
import { Live, type LiveArgs } from '../../src/graphql/live/live.ts';
import type { Outlet } from '../../src/graphql/live/outlet.ts';
import { Writer } from '../../src/graphql/live/writer.ts';

/** More than is written before somebody reads, and more than that waits in the outlet. */
export const LARGE = `{ count { ${Array.from({ length: 2000 }, (_, i) => `v${i}: value`).join(' ')} } }`;

/** Lets the event loop turn until `isDone`, which is asked after each turn. */
export async function turns(isDone: () => boolean): Promise<void> {
  do await new Promise(setImmediate);
  while (!isDone());
}

/** Lets the event loop turn until a figure stays as it is. */
export async function calm(figure: () => number): Promise<void> {
  let known = figure();
  let same = 0;
  await turns(() => {
    same = figure() === known ? same + 1 : 0;
    known = figure();
    return same === 20;
  });
}

/** A source whose values a test tells, and that counts how often it is opened, closed and executed. */
export class Stage {
  readonly counts = { opened: 0, closed: 0, executed: 0 };
  readonly faults: unknown[] = [];
  sinks: Sink<number>[] = [];
  /** Waited for by every execution. */
  isSlow = false;
  refused: BrokerError | null = null;
  readonly live: Live;
  readonly #schema;

  constructor(options: Partial<LiveOptions<number>> = {}, limits = { queue: 1000, queueBytes: 1_000_000, dropped: 0 }) {
    this.live = new Live({ limits, keepalive: 60_000, logFault: (fault) => this.faults.push(fault) });
    const source = (): LiveSource<number> => {
      if (this.refused) throw this.refused;
      return new LiveSource<number>({
        kind: 'events',
        open: (sink) => {
          this.counts.opened++;
          this.sinks.push(sink);
          return () => {
            this.counts.closed++;
            this.sinks = this.sinks.filter((one) => one !== sink);
          };
        },
        ...options,
      });
    };
    const value = (number: number) => {
      this.counts.executed++;
      if (number < 0) throw new BrokerError('NOT_FOUND', `there is no ${number}`);
      if (number === 0) throw new Error('a fault with a secret in it');
      return this.isSlow ? new Promise((resolve) => setImmediate(resolve, number)) : number;
    };
    this.#schema = makeExecutableSchema({
      typeDefs:
        'type Query { a: Int } type Value { value: Int! } input Span { least: Int most: Int } ' +
        'type Subscription { count(from: Int, span: Span): Value! other: Value! }',
      resolvers: { Subscription: { count: liveField(source), other: liveField(source) }, Value: { value } },
    });
  }

  tell(...values: number[]): void {
    for (const value of values) for (const sink of [...this.sinks]) sink.next(value);
  }

  async follow(
    query = '{ count { value } }',
    name = 'app',
    variableValues: LiveArgs['variableValues'] = {},
    role: Role = 'ADMIN',
  ): Promise<Ear> {
    const principal = { kind: 'application', name, role } as const;
    const contextValue = { caller: { principal, via: 'GRAPHQL' } } as unknown as Context;
    const stream = new PassThrough();
    const outlet = this.live.outlet(streamFraming, new Writer(stream, this.live.turnEnd, () => true));
    const document = parse(query.startsWith('{') ? `subscription ${query}` : query);
    const errors = await this.live.follow({ schema: this.#schema, document, contextValue, variableValues }, outlet);
    return new Ear(stream, outlet, errors?.map(({ message }) => message) ?? []);
  }
}

/** What one subscriber is sent. */
export class Ear {
  readonly outlet: Outlet;
  readonly refusals: string[];
  readonly #chunks: AsyncIterator<Buffer>;
  #text = '';

  constructor(stream: PassThrough, outlet: Outlet, refusals: string[]) {
    this.outlet = outlet;
    this.refusals = refusals;
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** The next event as it is written, without the empty line behind it. */
  async event(): Promise<string> {
    while (!this.#text.includes('\n\n')) this.#text += (await this.#chunks.next()).value;
    const end = this.#text.indexOf('\n\n');
    const event = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 2);
    return event;
  }

  async next(): Promise<unknown> {
    const event = await this.event();
    return JSON.parse(event.slice(event.indexOf('{')));
  }

  async values(count: number): Promise<unknown[]> {
    const values: unknown[] = [];
    while (values.length < count) {
      const { data, ...rest } = (await this.next()) as { data: Record<string, { value: number }> };
      const [one] = Object.values(data);
      values.push(Object.keys(rest).length > 0 ? { value: one?.value, ...rest } : one?.value);
    }
    return values;
  }
}
