import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../../resolvers/context.ts';
import { Uptake } from '../net/uptake.ts';
import { streamFraming } from './live/framing.ts';
import type { Live } from './live/live.ts';
import { Writer } from './live/writer.ts';
import type { Seats } from './seats.ts';

export interface StreamOptions {
  readonly live: Live;
  readonly seats: Seats;
}

const HEADERS = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-cache',
  'Content-Encoding': 'none',
  Connection: 'keep-alive',
};
/** By which proxies see that a stream is alive, and browsers that it is open. */
const COMMENT = Buffer.from(':\n\n');

/** Signs of life that a stream may be given while it lets nothing through. */
const MOST_MISSED = 2;

/** What Yoga takes for a stream of results, in whose place the events are sent. */
const stream = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };

/** A plugin of Yoga that has the engine write subscriptions, as server-sent events, for as long as their callers may be in. */
export function streamSubscriptions({
  live,
  seats,
}: StreamOptions): Plugin<Context & { readonly req: IncomingMessage; readonly res: ServerResponse }> {
  const bodies = new WeakMap<Request, PassThrough>();

  return {
    onSubscribe({ args, setSubscribeFn, setResultAndStopExecution }) {
      const { access, caller, req, res, request } = args.contextValue;
      // Whoever left while the secret was looked at will not close again.
      if (res.closed) return setResultAndStopExecution({ errors: [new GraphQLError('the client left')] });
      const { principal } = caller;
      const leaveSeat = principal ? seats.take(principal) : () => {};
      if (leaveSeat instanceof Error) {
        const refusal = new GraphQLError(leaveSeat.message, { originalError: leaveSeat });
        return setResultAndStopExecution({ errors: [refusal] });
      }
      const leave = principal ? access.admissions.enter(principal, () => res.destroy()) : () => {};
      const body = new PassThrough();
      body.write(COMMENT);
      const writer = new Writer(body, live.turnEnd, () => body.writable);
      const outlet = live.outlet(streamFraming, writer);
      const uptake = new Uptake(req.socket);
      let missed = 0;
      outlet.onEnded = () => body.end();
      const rest = live.beats.add(() => {
        missed = uptake.look() === 'stalled' ? missed + 1 : 0;
        // Behind its last word too: until it is closed it has its seat.
        if (missed > MOST_MISSED) res.destroy();
        else if (!writer.isBlocked) writer.write(COMMENT);
      });
      res.once('close', () => {
        leaveSeat();
        leave();
        outlet.end();
        rest();
        body.destroy();
      });
      setSubscribeFn(async () => {
        const errors = await live.follow(args, outlet);
        if (errors) return { errors };
        bodies.set(request, body);
        return stream;
      });
    },
    onResultProcess({ request, resultProcessor, setResultProcessor }) {
      const body = bodies.get(request);
      if (!body || !resultProcessor) return;
      setResultProcessor(
        (_, { Response }) => new Response(body as unknown as BodyInit, { headers: HEADERS }),
        HEADERS['Content-Type'],
      );
    },
  };
}
