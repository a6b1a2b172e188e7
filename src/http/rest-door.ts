import type { Response } from 'express';
import type { Facade } from '../../rest-facade/facade.ts';
import type { Reply } from '../../rest-facade/profiles.ts';
import { pagePieces, ROWS_IN_ONE_PIECE } from './page-pieces.ts';

export interface RestRequest {
  /** The release that answers. */
  readonly facade: Facade;
  readonly method: string;
  /** Path and query below the base path, undecoded. */
  readonly url: string;
  readonly body: Uint8Array | null;
  /** Handed to the resolvers. */
  readonly context: unknown;
}

/** Hands a request below `/api/v3` to a facade and writes its reply. */
export function createRestDoor(logFault: (fault: unknown) => void) {
  return async ({ facade, url, ...request }: RestRequest, response: Response): Promise<void> => {
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const query = mark < 0 ? '' : url.slice(mark + 1);
    const answer = facade.answer({ ...request, path, query });
    const { reply, operation, fault } = answer instanceof Promise ? await answer : answer;
    if (fault !== undefined) logFault(fault);
    if (operation !== null) response.setHeader('X-GraphQL-Operation', operation);
    await writeReply(response, reply);
  };
}

/** Writes a reply: JSON without a charset, as the contract has it, or plain text. */
export async function writeReply(response: Response, reply: Reply): Promise<void> {
  response.statusCode = reply.status;
  if ('text' in reply) return sendText(response, 'text/plain', reply.text);
  if ('json' in reply) return sendText(response, 'application/json', JSON.stringify(reply.json));
  const { head, items, tail } = reply.page;
  if (items.length <= ROWS_IN_ONE_PIECE) {
    return sendText(response, 'application/json', `${head}${JSON.stringify(items).slice(1, -1)}${tail}`);
  }
  sendPieces(response, 'application/json', await pagePieces(reply.page));
}

function sendText(response: Response, type: string, text: string): void {
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', Buffer.byteLength(text));
  // Node.js writes the head and a text given here in one piece.
  response.end(text);
}

function sendPieces(response: Response, type: string, pieces: readonly Buffer[]): void {
  response.setHeader('Content-Type', type);
  response.setHeader(
    'Content-Length',
    pieces.reduce((sum, { length }) => sum + length, 0),
  );
  response.cork();
  for (const piece of pieces) response.write(piece);
  response.uncork();
  response.end();
}
