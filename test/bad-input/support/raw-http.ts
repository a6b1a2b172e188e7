import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { APP_AUTHORIZATION } from '../../support/gateway.ts';

export interface RawAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A request whose path goes over the wire as it stands: no client resolves its dots or repairs its escapes first. */
export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Without the credentials of the application. */
  readonly anonymous?: boolean;
  readonly body?: string | Uint8Array;
  /** The address that it comes from; 127.0.0.1 unless given. */
  readonly from?: string;
}

const agent = new Agent({ keepAlive: true });

/** Sends one request and answers what came back. */
export function rawRequest(
  url: string,
  { method = 'GET', path, headers = {}, anonymous = false, body, from = '127.0.0.1' }: RawRequest,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const sent = {
    ...(anonymous ? {} : { authorization: APP_AUTHORIZATION }),
    ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { agent, hostname, port, method, path, headers: sent, localAddress: from },
      (response) => {
        const received: Buffer[] = [];
        response.on('data', (chunk: Buffer) => received.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(received).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** The head of a request, for those who write it themselves. The server closes the connection behind its answer. */
export function headOf(method: string, path: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ Host: '127.0.0.1', Connection: 'close', ...headers });
  return `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

/** Writes the pieces one after the other on a connection of their own and reads what comes back until it is closed. */
export function exchange(
  url: string,
  pieces: readonly (string | Uint8Array)[],
): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const received: Buffer[] = [];
    const socket = connect({ host: hostname, port: Number(port), noDelay: true }, () => {
      const write = (index: number): void => {
        const piece = pieces[index];
        if (piece !== undefined) socket.write(piece, () => setImmediate(write, index + 1));
      };
      write(0);
    });
    socket.on('data', (chunk) => received.push(chunk));
    // A server may close while a refused request is still being written: its answer counts.
    socket.on('error', (error) => received.length === 0 && reject(error));
    socket.on('close', () => {
      const [head = '', ...body] = Buffer.concat(received).toString().split('\r\n\r\n');
      resolve({ status: Number(head.split(' ')[1]), text: body.join('\r\n\r\n') });
    });
  });
}
