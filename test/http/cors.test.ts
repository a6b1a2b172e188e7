import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createCors } from '../../src/http/cors.ts';

const ORIGIN = 'https://dashboard.example';
let server: Server;

afterEach(() => {
  server.close();
  server.closeAllConnections();
});

/** Asks a server that would answer 401 to everything but a preflight. */
async function ask(origins: readonly string[], method: string, headers: Record<string, string>) {
  const cors = createCors({ allowedOrigins: origins });
  server = createServer((request, response) => {
    if (!cors(request, response)) response.writeHead(401).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/`, { method, headers });
  const told = [...response.headers].filter(([name]) => name.startsWith('access-control-') || name === 'vary');
  return { status: response.status, headers: Object.fromEntries(told) };
}

const preflight = { 'access-control-request-method': 'DELETE', 'access-control-request-headers': 'authorization' };

describe('without configured origins', () => {
  test.each([
    ['OPTIONS', { origin: ORIGIN, ...preflight }],
    ['GET', { origin: ORIGIN }],
  ])('%s is answered as if there were no CORS', async (method, headers) => {
    expect(await ask([], method, headers)).toEqual({ status: 401, headers: {} });
  });
});

describe('with a configured origin', () => {
  test('a preflight needs no credentials', async () => {
    expect(await ask(['https://other.example', ORIGIN], 'OPTIONS', { origin: ORIGIN, ...preflight })).toEqual({
      status: 204,
      headers: {
        'access-control-allow-origin': ORIGIN,
        'access-control-allow-methods': 'GET, POST, PUT, DELETE',
        'access-control-allow-headers': 'authorization, content-type',
        'access-control-max-age': '600',
        vary: 'Origin',
      },
    });
  });

  test.each([
    [
      'a request of it may be read',
      'GET',
      { origin: ORIGIN },
      { 'access-control-allow-origin': ORIGIN, vary: 'Origin' },
    ],
    [
      'OPTIONS that is no preflight is a request',
      'OPTIONS',
      { origin: ORIGIN },
      { 'access-control-allow-origin': ORIGIN, vary: 'Origin' },
    ],
    ['a request of another may not', 'GET', { origin: 'https://evil.example' }, { vary: 'Origin' }],
    [
      'a preflight of another is not answered',
      'OPTIONS',
      { origin: 'https://evil.example', ...preflight },
      { vary: 'Origin' },
    ],
    ['a request of a program is as ever', 'POST', {}, { vary: 'Origin' }],
  ])('%s', async (_, method, headers, told) => {
    expect(await ask([ORIGIN], method, headers as Record<string, string>)).toEqual({ status: 401, headers: told });
  });
});
