import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createSecureServer } from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isLinkLocal, type LookupAll } from '../../src/net/link-local.ts';
import { createOutbound, type Outbound, type OutboundOptions } from '../../src/net/outbound.ts';
import { eventually } from '../support/gateway.ts';
import { startServer, type TestServer } from '../support/http-server.ts';
import { Authority } from '../tls/authority.ts';

const OPTIONS: OutboundOptions = {
  ...{ connections: 2, maxPending: 100, connectTimeout: 5000, timeout: 5000, maxAnswer: 1024, allowLinkLocal: false },
};

let server: TestServer;
const made: Outbound[] = [];

const outbound = (options: Partial<OutboundOptions> = {}): Outbound => {
  const one = createOutbound({ ...OPTIONS, ...options });
  made.push(one);
  return one;
};

beforeEach(async () => {
  server = await startServer();
});

afterEach(async () => {
  await server.die();
  await Promise.all(made.splice(0).map((one) => one.close()));
});

const get = (url: string) => ({ method: 'GET', url: new URL(url) }) as const;

describe('a request', () => {
  test('reaches the server as it is given, and its answer comes back', async () => {
    server.answering = ({ body }, response) => {
      response.writeHead(201, { 'x-seen': 'yes' }).end(`heard ${body}`);
    };
    const { status, headers, body } = await outbound().request({
      ...{ method: 'POST', url: new URL(`${server.url}/a?b=c`), headers: { 'content-type': 'text/x' }, body: 'hello' },
    });
    expect([status, headers['x-seen'], body.toString()]).toEqual([201, 'yes', 'heard hello']);
    expect(server.asked).toMatchObject([
      { method: 'POST', url: '/a?b=c', headers: { 'content-type': 'text/x' }, body: 'hello' },
    ]);
  });

  test('follows no redirect', async () => {
    server.answering = (_, response) => void response.writeHead(302, { location: '/elsewhere' }).end();
    expect((await outbound().request(get(server.url))).status).toBe(302);
    expect(server.asked.map(({ url }) => url)).toEqual(['/']);
  });

  test('ends when the server does not answer in time', async () => {
    server.answering = () => {};
    await expect(outbound({ timeout: 50 }).request(get(`${server.url}/?secret`))).rejects.toThrow(
      `${server.url} did not answer within 50 ms`,
    );
  });

  test('ends when the answer begins and does not end in time', async () => {
    server.answering = (_, response) => void response.writeHead(200).write('beginning');
    await expect(outbound({ timeout: 50 }).request(get(server.url))).rejects.toThrow(
      `${server.url} did not answer within 50 ms`,
    );
  });

  test('takes no answer that is larger than the limit', async () => {
    server.answering = (_, response) => {
      // Without a length, and in pieces.
      response.write('x'.repeat(1000));
      setImmediate(() => response.end('x'.repeat(1000)));
    };
    await expect(outbound().request(get(server.url))).rejects.toThrow(
      `${server.url} cannot be asked: its answer has more than 1024 bytes`,
    );
  });

  test('takes an answer of exactly the limit', async () => {
    server.answering = () => [200, 'x'.repeat(1024)];
    expect((await outbound().request(get(server.url))).body).toHaveLength(1024);
  });

  test('tells why nobody answers', async () => {
    await server.die();
    await expect(outbound().request(get(server.url))).rejects.toThrow(
      `${server.url} cannot be asked: connect ECONNREFUSED 127.0.0.1:${server.port}`,
    );
    await server.rise();
  });

  test('opens no more connections than it may, and the others wait', async () => {
    let open: (() => void)[] = [];
    server.answering = (_, response) => void open.push(() => response.end());
    const caller = outbound({ connections: 2 });
    const answers = Array.from({ length: 5 }, () => caller.request(get(server.url)));
    await eventually(() => open.length === 2, 'two requests');
    for (let left = 5; left > 0; left -= 2) {
      await eventually(() => open.length === Math.min(left, 2), 'those that may');
      const now = open;
      open = [];
      for (const end of now) end();
    }
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });

  test('fails at once when too many are under way', async () => {
    server.answering = () => {};
    const caller = outbound({ maxPending: 1, timeout: 50 });
    const first = caller.request(get(server.url));
    await expect(caller.request(get(server.url))).rejects.toMatchObject({
      name: 'OutboundBusy',
      message: `${server.url} has 1 requests to answer already`,
    });
    await expect(first).rejects.toThrow('did not answer');
  });

  test('is sent again when the server closes in place of an answer, as often as it may', async () => {
    server.answering = (_, response) => {
      if (server.asked.length > 2) return [200];
      response.destroy();
    };
    const caller = outbound();
    await expect(caller.request({ ...get(server.url), resends: 1 })).rejects.toThrow('cannot be asked');
    expect(server.asked).toHaveLength(2);
    server.asked.length = 0;
    expect((await caller.request({ ...get(server.url), resends: 2 })).status).toBe(200);
    expect(server.asked).toHaveLength(3);
  });

  test('ends when its caller is closed, and cannot be made any more', async () => {
    server.answering = () => undefined;
    const caller = outbound();
    const waiting = caller.request(get(server.url)).catch((fault) => fault.message);
    await eventually(() => server.asked.length === 1, 'the request');
    await caller.close();
    expect(await waiting).toBe(`${server.url} cannot be asked: The client is destroyed`);
    await expect(caller.request(get(server.url))).rejects.toThrow('cannot be asked');
  });
});

describe('a link-local target', () => {
  /** Hosts beyond this machine to which a socket was opened, or would have been: none leaves it. */
  let tried: string[];

  beforeEach(() => {
    tried = [];
    const connect = net.connect;
    vi.spyOn(net, 'connect').mockImplementation(((options: net.TcpNetConnectOpts) => {
      const host = options.host ?? '';
      if (net.isIP(host) === 0 || host === '127.0.0.1') return connect(options);
      tried.push(host);
      return new net.Socket().destroy(new Error('nothing but loopback'));
    }) as typeof net.connect);
  });

  afterEach(() => vi.restoreAllMocks());

  test.each([
    'http://169.254.169.254/latest/meta-data',
    'http://0xa9fea9fe/',
    'http://2852039166/',
    'http://[::ffff:169.254.169.254]/',
    'http://[fe80::1]/',
    'http://[febf::1]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[fd00:ec2::254]/',
  ])('is refused: %s', async (url) => {
    await expect(outbound().request(get(url))).rejects.toThrow('is a link-local address, which is refused');
    expect(tried).toEqual([]);
  });

  test.each(['127.0.0.1', '10.0.0.1', '169.253.255.255', '::1', 'fec0::1', '2001:db8::1', 'no address'])(
    'is not %s',
    (address) => expect(isLinkLocal(address)).toBe(false),
  );

  const resolvingTo =
    (...addresses: string[]): LookupAll =>
    (_hostname, _options, done) =>
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );

  test('is refused behind a name', async () => {
    const caller = outbound({ lookup: resolvingTo('169.254.169.254') });
    await expect(caller.request(get('http://metadata.example/'))).rejects.toThrow(
      "http://metadata.example cannot be asked: 'metadata.example' has the link-local address 169.254.169.254, which is refused",
    );
  });

  test('is passed over when the name has other addresses', async () => {
    const caller = outbound({ lookup: resolvingTo('169.254.169.254', 'fe80::1', '127.0.0.1') });
    expect((await caller.request(get(`http://service.example:${server.port}/`))).status).toBe(200);
  });

  test('is refused when the name, which was fine before, resolves to it for the next connection', async () => {
    const answers = [resolvingTo('127.0.0.1'), resolvingTo('::ffff:169.254.169.254')];
    const caller = outbound({ lookup: (...asked) => (answers.shift() as LookupAll)(...asked) });
    const url = `http://rebound.example:${server.port}/`;
    server.answering = (_, response) => void response.writeHead(200, { connection: 'close' }).end();
    expect((await caller.request(get(url))).status).toBe(200);
    await expect(caller.request(get(url))).rejects.toThrow('which is refused');
    expect(server.asked).toHaveLength(1);
  });

  test('is called when that is allowed', async () => {
    const caller = outbound({ allowLinkLocal: true });
    await expect(caller.request(get('http://169.254.169.254/'))).rejects.toThrow('nothing but loopback');
    expect(tried).toEqual(['169.254.169.254']);
  });
});

describe('TLS', () => {
  test('is spoken with a server that the given authority vouches for, and with no other', async () => {
    const authority = new Authority();
    const { cert, key } = authority.sign('server', '/CN=localhost');
    const pair = { cert: readFileSync(cert), key: readFileSync(key) };
    const secure = createSecureServer(pair, (_, response) => response.end('in secret'));
    secure.listen(0, '127.0.0.1');
    await once(secure, 'listening');
    const url = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
    const { body } = await outbound({ tls: { ca: readFileSync(authority.ca.cert, 'utf8') } }).request(get(url));
    expect(body.toString()).toBe('in secret');
    await expect(outbound().request(get(url))).rejects.toThrow(
      `${url} cannot be asked: unable to verify the first certificate`,
    );
    secure.close();
    secure.closeAllConnections();
    authority.remove();
  });
});
