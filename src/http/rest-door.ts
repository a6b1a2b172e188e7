import type { Response } from 'express';
import type { Facade } from '../../rest-facade/facade.ts';
import type { Reply } from '../../rest-facade/profiles.ts';

const ROWS_IN_ONE_PIECE = 500;

/** Hands a request below `/api/v3` to the facade and writes its reply. */
export interface RestRequest {
  readonly method: string;
  /** Path and query below the base path, undecoded. */
  readonly url: string;
  readonly body: Uint8Array | null;
}

export interface RestDoorOptions {
  readonly facade: Facade;
  /** Handed to the resolvers. */
  readonly context: unknown;
  readonly logFault: (fault: unknown) => void;
}

export function createRestDoor({ facade, context, logFault }: RestDoorOptions) {
  return async ({ method, url, body }: RestRequest, response: Response): Promise<void> => {
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const query = mark < 0 ? '' : url.slice(mark + 1);
    const answer = facade.answer({ method, path, query, body, context });
    const { reply, operation, fault } = answer instanceof Promise ? await answer : answer;
    if (fault !== undefined) logFault(fault);
    if (operation !== null) response.setHeader('X-GraphQL-Operation', operation);
    await writeReply(response, reply);
  };
}

/** Writes a reply: JSON without a charset, as the contract has it, or plain text. */
export async function writeReply(response: Response, reply: Reply): Promise<void> {
  response.statusCode = reply.status;
  if ('text' in reply) return send(response, 'text/plain', [Buffer.from(reply.text)]);
  if ('json' in reply) return send(response, 'application/json', [Buffer.from(JSON.stringify(reply.json))]);
  const { head, items, tail } = reply.page;
  const pieces: Buffer[] = [];
  for (let from = 0; from < items.length || from === 0; from += ROWS_IN_ONE_PIECE) {
    // A long page is made piece by piece, so that nobody else waits for it.
    if (from > 0) await new Promise((resolve) => setImmediate(resolve));
    const rows = JSON.stringify(items.slice(from, from + ROWS_IN_ONE_PIECE));
    pieces.push(Buffer.from(`${from === 0 ? head : ','}${rows.slice(1, -1)}`));
  }
  pieces.push(Buffer.from(tail));
  send(response, 'application/json', pieces);
}

function send(response: Response, type: string, pieces: readonly Buffer[]): void {
  response.setHeader('Content-Type', type);
  response.setHeader(
    'Content-Length',
    pieces.reduce((sum, { length }) => sum + length, 0),
  );
  if (pieces.length > 1) response.cork();
  for (const piece of pieces) response.write(piece);
  if (pieces.length > 1) response.uncork();
  response.end();
}
