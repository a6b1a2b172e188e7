import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { createGuard } from '../../src/http/guard.ts';

const guard = createGuard({
  allowedHosts: ['broker.example', 'Machine'],
  allowedOrigins: ['https://dashboard.example', 'http://Pages.example:80/'],
});

describe('a request may pass', () => {
  test.each<[string, IncomingHttpHeaders, boolean?]>([
    ['of a program that sends nothing', {}],
    ['to localhost', { host: 'localhost' }],
    ['to localhost with a port', { host: 'LOCALHOST:8080' }],
    ['to an IPv4 address', { host: '192.0.2.1:8080' }],
    ['to an IPv6 address', { host: '[2001:db8::1]' }],
    ['to an IPv6 address with a port', { host: '[::1]:8080' }],
    ['to a configured name', { host: 'broker.example' }],
    ['to a configured name with any port', { host: 'machine:1' }],
    ['of a page of the server', { host: 'localhost:8080', origin: 'http://localhost:8080' }],
    ['of a page of the server, over TLS', { host: 'broker.example', origin: 'https://broker.example' }, true],
    ['of a page on the implied port', { host: 'broker.example:80', origin: 'http://broker.example' }],
    ['of a page on the implied port, over TLS', { host: 'broker.example:443', origin: 'https://broker.example' }, true],
    ['of a page at an IPv6 address', { host: '[::1]:8080', origin: 'http://[::1]:8080' }],
    ['of a page of a configured origin', { host: 'localhost', origin: 'https://dashboard.example' }],
    [
      'of a page of a configured origin on another site',
      { host: 'localhost', origin: 'https://dashboard.example', 'sec-fetch-site': 'cross-site' },
    ],
    [
      'of a page of an origin that is configured in another spelling',
      { host: 'localhost', origin: 'http://pages.example' },
    ],
    ['that a person typed', { host: 'localhost', 'sec-fetch-site': 'none' }],
    ['of the same origin', { host: 'localhost', 'sec-fetch-site': 'same-origin' }],
  ])('%s', (_, headers, isTls = false) => {
    expect(guard(headers, isTls)).toBeNull();
  });
});

describe('a request is refused', () => {
  const foreign = (origin: string) => `origin '${origin}' is foreign to this server`;
  const unknown = (host: string) => `host '${host}' is not known to this server`;

  test.each<[string, IncomingHttpHeaders, string, boolean?]>([
    ['of a foreign page', { host: 'localhost', origin: 'https://evil.example' }, foreign('https://evil.example')],
    ['of a page without origin', { host: 'localhost', origin: 'null' }, foreign('null')],
    [
      'of a page that the server has on another port',
      { host: 'localhost:8080', origin: 'http://localhost:3000' },
      foreign('http://localhost:3000'),
    ],
    ['of a page of another scheme', { host: 'localhost', origin: 'https://localhost' }, foreign('https://localhost')],
    [
      'of a page without TLS on a server with it',
      { host: 'localhost', origin: 'http://localhost' },
      foreign('http://localhost'),
      true,
    ],
    [
      'of a page whose origin begins like one',
      { host: 'localhost', origin: 'http://localhost.evil.example' },
      foreign('http://localhost.evil.example'),
    ],
    ['of a page, without Host', { origin: 'http://localhost' }, foreign('http://localhost')],
    [
      'of a page that writes two origins',
      { host: 'localhost', origin: 'http://localhost https://evil.example' },
      foreign('http://localhost https://evil.example'),
    ],
    ['of an empty origin', { host: 'localhost', origin: '' }, foreign('')],
    [
      'of another site',
      { host: 'localhost', 'sec-fetch-site': 'cross-site' },
      'the request comes from a page of another site',
    ],
    ['to an unknown name', { host: 'evil.example' }, unknown('evil.example')],
    [
      'to an unknown name, of its own page',
      { host: 'evil.example:8080', origin: 'http://evil.example:8080' },
      unknown('evil.example:8080'),
    ],
    [
      'to an unknown name, of a configured origin',
      { host: 'evil.example', origin: 'https://dashboard.example' },
      unknown('evil.example'),
    ],
    ['to a name below a known one', { host: 'evil.localhost' }, unknown('evil.localhost')],
    ['to a name that begins like an address', { host: '127.0.0.1.evil.example' }, unknown('127.0.0.1.evil.example')],
    ['to a name in brackets', { host: '[evil.example]' }, unknown('[evil.example]')],
    ['to an empty name', { host: '' }, unknown('')],
    ['to __proto__', { host: '__proto__' }, unknown('__proto__')],
    ['to two names', { host: 'localhost@evil.example' }, unknown('localhost@evil.example')],
  ])('%s', (_, headers, sentence, isTls = false) => {
    expect(guard(headers, isTls)).toBe(sentence);
  });
});

test.each(['dashboard.example', 'https://dashboard.example/page', 'null', '*', 'file:///tmp', ''])(
  "a configured origin '%s' is refused in a sentence",
  (origin) => {
    const make = () => createGuard({ allowedHosts: [], allowedOrigins: [origin] });
    expect(make).toThrow(`origin must be a scheme and a host as https://dashboard.example, not '${origin}'`);
  },
);

describe('over HTTP', () => {
  test('the headers of requests and upgrades are judged alike', async () => {
    const server = createServer((incoming, response) => {
      response.writeHead(guard(incoming.headers, false) === null ? 200 : 403).end();
    });
    const sockets = new WebSocketServer({ noServer: true });
    server.on('upgrade', (incoming, socket, head) => {
      if (guard(incoming.headers, false) === null)
        sockets.handleUpgrade(incoming, socket, head, (open) => open.close());
      else socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const asked = async (origin: string): Promise<number> => {
      const [response] = await once(request({ port, host: '127.0.0.1', headers: { origin } }).end(), 'response');
      response.resume();
      return response.statusCode;
    };
    const upgraded = (origin: string): Promise<number> =>
      new Promise((resolve) => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}`, { origin });
        socket.on('upgrade', ({ statusCode }) => resolve(statusCode ?? 0));
        socket.on('unexpected-response', (_, { statusCode }) => resolve(statusCode ?? 0));
        socket.on('error', () => {});
      });
    const own = `http://127.0.0.1:${port}`;
    expect([await asked(own), await upgraded(own)]).toEqual([200, 101]);
    expect([await asked('http://evil.example'), await upgraded('http://evil.example')]).toEqual([403, 403]);
    server.close();
    server.closeAllConnections();
  });
});
