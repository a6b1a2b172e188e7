import { PassThrough } from 'node:stream';
import type { ExecutionResult } from 'graphql';
import { streamFraming } from '../../src/graphql/live/framing.ts';
import type { Live, LiveArgs } from '../../src/graphql/live/live.ts';
import { Writer } from '../../src/graphql/live/writer.ts';

/** Follows a subscription, as a door does, until the first payload comes. */
export async function firstPayload(live: Live, args: LiveArgs): Promise<ExecutionResult> {
  const stream = new PassThrough();
  const outlet = live.outlet(streamFraming, new Writer(stream, live.turnEnd, () => true));
  const errors = await live.follow(args, outlet);
  if (errors) return { errors };
  let text = '';
  for await (const chunk of stream) {
    text += chunk;
    if (text.includes('\n\n')) break;
  }
  outlet.end();
  const start = text.indexOf('{');
  return JSON.parse(text.slice(start, text.indexOf('\n\n', start)));
}
