import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Taking, Uptake } from '../../src/net/uptake.ts';
import { eventually } from '../support/gateway.ts';
import { Authority, type Pair } from '../tls/authority.ts';

/** More than sockets of the loopback interface hold, in one write. */
const LONG = Buffer.alloc(20_000_000);

let authority: Authority;
let pair: Pair;

beforeAll(() => {
  authority = new Authority();
  pair = authority.sign('server', '/CN=localhost');
});

afterAll(() => authority.remove());

/** A connection from both ends; nothing is read at that of the client before it is asked for. */
async function open(isTls: boolean): Promise<{ server: Server; far: Socket; near: Socket }> {
  const files = { cert: readFileSync(pair.cert), key: readFileSync(pair.key) };
  const server = isTls ? createTlsServer(files) : createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, isTls ? 'secureConnection' : 'connection');
  const to = { port, host: '127.0.0.1' };
  const far = isTls ? connectTls({ ...to, rejectUnauthorized: false }) : connect(to);
  far.pause();
  const [near] = (await accepted) as [Socket];
  near.on('error', () => {});
  far.on('error', () => {});
  return { server, far, near };
}

describe.each([
  ['TCP', false],
  ['TLS', true],
])('over %s, a peer', (_, isTls) => {
  test('takes what waits for it when it reads, and not when it is sent more', async () => {
    const { server, far, near } = await open(isTls);
    const uptake = new Uptake(near);
    expect(uptake.look()).toBe('idle');
    near.write(LONG);
    // Until there is room for no more of it.
    let turns = 0;
    await eventually(() => {
      turns = uptake.look() === 'stalled' ? turns + 1 : 0;
      return turns === 20;
    }, 'the buffers to be full');
    const looks: Taking[] = [];
    for (let i = 0; i < 3; i++) {
      near.write('x');
      looks.push(uptake.look());
    }
    expect(looks).toEqual(['stalled', 'stalled', 'stalled']);
    let read = 0;
    far.on('data', ({ length }) => {
      read += length;
      if (read > 4_000_000) far.pause();
    });
    far.resume();
    await eventually(() => uptake.look() === 'taking', 'some of it to leave');
    expect(near.writableLength).toBe(LONG.length + 3);
    far.removeAllListeners('data').resume();
    await eventually(() => uptake.look() === 'idle', 'all of it to leave');
    far.destroy();
    near.destroy();
    server.close();
  });
});
