import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What came to a server of a test. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What a server of a test does with a request: answers a status and a body, or deals with the response itself. */
export type Answering = (
  asked: Asked,
  response: ServerResponse,
) => readonly [status: number, body?: string] | undefined;

/** A real HTTP server on a port of this machine that notes what it is asked. */
export interface TestServer {
  readonly port: number;
  readonly url: string;
  readonly asked: Asked[];
  answering: Answering;
  /** Closes it, connections included; as a process that dies. */
  die(): Promise<void>;
  /** Listens again on the same port. */
  rise(): Promise<void>;
}

export async function startServer(answering: Answering = () => [200]): Promise<TestServer> {
  let server: Server;
  const listen = async (port: number): Promise<number> => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const asked = { method, url, headers, body: Buffer.concat(chunks).toString() };
        started.asked.push(asked);
        const answer = started.answering(asked, response);
        if (answer) response.writeHead(answer[0]).end(answer[1] ?? '');
      });
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  const started: TestServer = {
    ...{ port: 0, url: '', asked: [], answering },
    die() {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
    async rise() {
      await listen(started.port);
    },
  };
  const port = await listen(0);
  return Object.assign(started, { port, url: `http://127.0.0.1:${port}` });
}
