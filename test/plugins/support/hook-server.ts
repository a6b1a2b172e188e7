import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as it came. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An HTTP server that takes what it is sent, and answers as a test wants. */
export interface HookServer {
  readonly url: string;
  readonly port: number;
  /** All requests, those that were refused too. */
  readonly requests: readonly Received[];
  /** Events that were taken, in their order, without their time and node. */
  readonly events: readonly Record<string, unknown>[];
  /** Status of the answers from now on; null answers nothing, until `answer`. */
  status: number | null;
  /** Answers what was not answered yet. */
  answer(): void;
  /** Resolves when so many events were taken. */
  taken(count: number): Promise<void>;
  /** Resolves when so many requests came. */
  asked(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Listens on a free port unless one is given. */
export async function startHookServer(port = 0): Promise<HookServer> {
  const requests: Received[] = [];
  const events: Record<string, unknown>[] = [];
  const unanswered: (readonly [body: string, response: ServerResponse])[] = [];
  const waiting = new Set<() => void>();
  const until = async (isThere: () => boolean): Promise<void> => {
    while (!isThere()) await new Promise<void>((resolve) => waiting.add(resolve));
  };
  const tell = (): void => {
    for (const resolve of waiting) resolve();
    waiting.clear();
  };
  const http = createServer(async (request, response) => {
    const body = await text(request);
    requests.push({ path: request.url ?? '', headers: request.headers, body });
    unanswered.push([body, response]);
    if (server.status !== null) server.answer();
    tell();
  });
  http.listen(port, '127.0.0.1');
  await once(http, 'listening');
  const { port: own } = http.address() as AddressInfo;
  const server: HookServer = {
    url: `http://127.0.0.1:${own}/events?to=here`,
    port: own,
    requests,
    events,
    status: 204,
    answer() {
      const { status } = server;
      if (status === null) throw new Error('no status to answer with');
      for (const [body, response] of unanswered.splice(0)) {
        // Who gave it up does not know that it was taken.
        if (response.destroyed) continue;
        if (status < 300) {
          for (const { ts: _ts, node: _node, ...event } of [JSON.parse(body)].flat()) events.push(event);
        }
        response.writeHead(status).end();
      }
      tell();
    },
    taken: (count) => until(() => events.length >= count),
    asked: (count) => until(() => requests.length >= count),
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return server;
}
