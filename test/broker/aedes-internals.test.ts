import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import mqttPacket from 'mqtt-packet';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  Aedes,
  type AedesBroker,
  type AedesClient,
  type AedesOptions,
  type AedesParser,
} from '../../src/broker/aedes.ts';
import { connectPacket, Wire } from './wire.ts';

const ROOT = new URL('../..', import.meta.url);
const readJson = (name: string) => JSON.parse(readFileSync(new URL(name, ROOT), 'utf8'));

/** aedes as the library has it, with the options that the adapter gives, and all that it does with them. */
class Probe {
  readonly broker: AedesBroker;
  readonly calls: string[] = [];
  readonly events: string[] = [];
  readonly clients: AedesClient[] = [];
  readonly server: Server;
  readonly #wires: Wire[] = [];
  /** Called with each client as soon as aedes has it. */
  onServed: (client: AedesClient) => void = () => {};

  constructor(options: Partial<AedesOptions> = {}) {
    const note = <T>(name: string, answer: T): T => {
      this.calls.push(name);
      return answer;
    };
    this.broker = new Aedes({
      id: 'probe',
      concurrency: 100,
      maxClientsIdLength: 30,
      persistence: {
        async setup(): Promise<void> {},
        subscriptionsByClient: async () => note('subscriptionsByClient', []),
        cleanSubscriptions: async () => note('cleanSubscriptions', undefined),
        cleanIncoming: async () => note('cleanIncoming', undefined),
        delWill: async () => note('delWill', undefined),
        outgoingStream: () => note('outgoingStream', Readable.from([])),
        streamWill: () => note('streamWill', Readable.from([])),
      },
      preConnect: (_client, _packet, done) => done(null, true),
      authenticate: (_client, _username, _password, done) => done(null, true),
      ...options,
    });
    for (const name of ['client', 'clientReady', 'clientDisconnect', 'clientError', 'connectionError']) {
      this.broker.on(name, (client: AedesClient) => this.events.push(`${name} ${client.id}`));
    }
    this.server = createServer((socket) => {
      const client = this.broker.handle(socket);
      this.clients.push(client);
      this.onServed(client);
    });
  }

  async start(): Promise<this> {
    await this.broker.listen();
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  /** A connection before its CONNECT, with both of its ends. */
  async open(): Promise<{ wire: Wire; client: AedesClient }> {
    const { port } = this.server.address() as { port: number };
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const served = once(this.server, 'connection');
    const wire = new Wire(socket);
    await Promise.all([once(socket, 'connect'), served]);
    this.#wires.push(wire);
    return { wire, client: this.clients.at(-1) as AedesClient };
  }

  async connect(fields: Parameters<typeof connectPacket>[0] = {}): Promise<{ wire: Wire; client: AedesClient }> {
    const both = await this.open();
    const ready = once(this.broker, 'clientReady');
    await both.wire.ask(connectPacket(fields), 'connack');
    await ready;
    return both;
  }

  async close(): Promise<void> {
    for (const wire of this.#wires) await wire.vanish();
    await new Promise<void>((resolve) => this.broker.close(resolve));
    await new Promise((resolve) => this.server.close(resolve));
  }
}

let probes: Probe[] = [];

async function start(options: Partial<AedesOptions> = {}): Promise<Probe> {
  const probe = await new Probe(options).start();
  probes.push(probe);
  return probe;
}

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(probes.map((probe) => probe.close()));
  probes = [];
});

/** What a parser says of these bytes, given in pieces. */
function parse(...pieces: readonly Buffer[]): { parser: AedesParser; packets: { cmd: string }[]; errors: Error[] } {
  const parser = mqttPacket.parser() as unknown as AedesParser;
  const packets: { cmd: string }[] = [];
  const errors: Error[] = [];
  parser.on('packet', (packet) => packets.push(packet));
  parser.on('error', (error) => errors.push(error));
  for (const piece of pieces) parser.parse(piece);
  return { parser, packets, errors };
}

const bytesOf = (packet: Parameters<typeof mqttPacket.generate>[0]): Buffer => mqttPacket.generate(packet);
const PING = bytesOf({ cmd: 'pingreq' });
/** A PUBLISH with QoS 1, whose packet id is 9, without its last byte. */
const UNFINISHED = Buffer.from('32080003612f62000978', 'hex').subarray(0, 9);

type Show = () => unknown;

/** Every member that src/broker/aedes.ts lends to the adapter, and what the adapter takes for granted of it. */
const internals: Record<string, Record<string, Show>> = {
  AedesClient: {
    async id() {
      const probe = await start();
      expect((await probe.open()).client.id).toBeNull();
      expect((await probe.connect({ clientId: 'named' })).client.id).toBe('named');
      expect((await probe.connect({ clientId: '' })).client.id).toMatch(/^aedes_/);
    },
    async clean() {
      const probe = await start();
      expect((await probe.connect({ clientId: 'clean' })).client.clean).toBe(true);
      expect((await probe.connect({ clientId: 'kept', clean: false })).client.clean).toBe(false);
    },
    async version() {
      const probe = await start();
      const { client } = await probe.connect({ protocolId: 'MQIsdp', protocolVersion: 3 });
      expect(client.version).toBe(3);
    },
    async conn() {
      const { client, wire } = await (await start()).open();
      expect((client.conn as Socket).remotePort).toBe(wire.socket.localPort);
      // What lets the inbox read in its place.
      expect(client.conn.listeners('readable')).toContain(client._nextBatch);
    },
    async closed() {
      const { client, wire } = await (await start()).connect();
      expect(client.closed).toBe(false);
      client.close();
      expect(client.closed).toBe(true);
      await wire.closed;
    },
    async connected() {
      const probe = await start();
      const states: boolean[] = [];
      for (const name of ['client', 'clientReady']) {
        probe.broker.on(name, (client: AedesClient) => states.push(client.connected));
      }
      const { client } = await probe.connect();
      expect(states).toEqual([false, true]);
      await new Promise<void>((resolve) => client.close(resolve));
      expect(client.connected).toBe(false);
    },
    async _disconnected() {
      const probe = await start();
      const { client, wire } = await probe.connect();
      expect(client._disconnected).toBe(false);
      await wire.disconnect();
      expect(client._disconnected).toBe(true);
      const other = await probe.connect();
      const gone = once(probe.broker, 'clientDisconnect');
      await other.wire.vanish();
      await gone;
      expect(other.client._disconnected).toBe(false);
    },
    async _parser() {
      const { client } = await (await start()).open();
      expect(client._parser.listenerCount('packet')).toBe(1);
      expect(client._parser.listenerCount('error')).toBeGreaterThan(0);
    },
    async _parsingBatch() {
      const probe = await start();
      // With others under way before the CONNACK a packet is put aside: at 0 it is handled at once.
      for (const [begun, handled] of [
        [1, 0],
        [0, 1],
      ] as const) {
        const seen = vi.spyOn(probe.broker as unknown as AedesOptions, 'preConnect');
        const { client } = await probe.open();
        client._parsingBatch = begun;
        client._parser.emit('packet', connectPacket());
        expect(client._parsingBatch).toBe(begun + 1);
        expect(seen).toHaveBeenCalledTimes(handled);
        seen.mockRestore();
      }
    },
    async _nextBatch() {
      const { client, wire } = await (await start()).connect();
      const done = vi.fn(client._nextBatch);
      client._nextBatch = done;
      await wire.ask({ cmd: 'pingreq' }, 'pingresp');
      await vi.waitFor(() => expect(done).toHaveBeenCalledTimes(1));
      expect(done.mock.calls[0]?.[0] ?? null).toBeNull();
    },
    async _keepaliveInterval() {
      const probe = await start();
      expect((await probe.connect({ clientId: 'watched', keepalive: 60 })).client._keepaliveInterval).toBe(90_001);
      expect((await probe.connect({ clientId: 'free', keepalive: 0 })).client._keepaliveInterval).toBe(-1);
    },
    async _keepaliveTimer() {
      const probe = await start();
      const { client } = await probe.connect({ keepalive: 60 });
      expect(client._keepaliveTimer?.hasRef()).toBe(true);
      expect(typeof client._keepaliveTimer?.refresh).toBe('function');
      client.close();
      expect(client._keepaliveTimer).toBeNull();
    },
    async _eos() {
      const probe = await start();
      const { client } = await probe.open();
      client._eos();
      client._eos = () => {};
      // The last one to be told of the end is what closes.
      const { conn } = client;
      conn.removeListener('end', conn.listeners('end').at(-1) as () => void);
      conn.emit('end');
      expect(client.closed).toBe(false);
      const { client: other } = await probe.open();
      other.conn.emit('end');
      expect(other.closed).toBe(true);
    },
    async pause() {
      const probe = await start();
      const pause = vi.fn();
      probe.onServed = (client) => {
        client.pause = pause;
      };
      await probe.connect();
      expect(pause).toHaveBeenCalledTimes(1);
    },
    async resume() {
      const probe = await start();
      const resume = vi.fn();
      probe.onServed = (client) => {
        client.pause = () => {};
        client.resume = resume;
      };
      await probe.connect();
      expect(resume).toHaveBeenCalledTimes(1);
    },
    async close() {
      const probe = await start();
      const { client, wire } = await probe.connect();
      await new Promise<void>((resolve) => client.close(resolve));
      expect(probe.broker.connectedClients).toBe(0);
      expect(probe.events.at(-1)).toBe('clientDisconnect wire');
      await wire.closed;
      // A second time is answered at once.
      const again = vi.fn();
      client.close(again);
      expect(again).toHaveBeenCalledTimes(1);
    },
    async waitForDrain() {
      const probe = await start();
      const waits: AedesClient[] = [];
      probe.onServed = (client) => {
        const write = client.conn.write.bind(client.conn) as (chunk: Buffer) => boolean;
        client.conn.write = ((chunk: Buffer) => {
          write(chunk);
          return false;
        }) as typeof client.conn.write;
        client.waitForDrain = (done) => {
          waits.push(client);
          done(null, client);
        };
      };
      const { client, wire } = await probe.connect();
      expect(waits.length).toBe(0);
      await wire.settle();
      await vi.waitFor(() => expect(waits.length).toBe(1));
      expect(waits[0] === client).toBe(true);
    },
  },

  AedesParser: {
    parse() {
      const { packets } = parse(Buffer.concat([PING, PING.subarray(0, 1)]), PING.subarray(1));
      expect(packets.map(({ cmd }) => cmd)).toEqual(['pingreq', 'pingreq']);
    },
    packet() {
      expect(parse(UNFINISHED).parser.packet).toMatchObject({ cmd: 'publish', length: 8, qos: 1 });
    },
    _list() {
      const { _list: list } = parse(UNFINISHED).parser;
      expect(list.length).toBe(7);
      expect([list.readUInt16BE(0), list.readUInt8(2), list.toString('utf8', 2, 5)]).toEqual([3, 0x61, 'a/b']);
      expect(list.slice(2, 5)).toEqual(Buffer.from('a/b'));
    },
    _pos() {
      const ends: number[] = [];
      const { parser } = parse();
      const inherited = parser._parsePayload;
      parser._parsePayload = function (this: AedesParser) {
        const isParsed = inherited.call(this);
        ends.push(this._pos);
        return isParsed;
      };
      parser.parse(bytesOf({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: ['a/b'] }));
      expect(ends).toEqual([7]);
    },
    error() {
      const { parser, errors } = parse(Buffer.from('f000', 'hex'));
      expect(errors).toHaveLength(1);
      expect(parser.error).toBe(errors[0]);
      expect(parse(PING).parser.error).toBeNull();
    },
    _parseLength() {
      const { parser } = parse();
      const prototype = Object.getPrototypeOf(parser) as AedesParser;
      const answers: unknown[] = [];
      parser._parseLength = () => {
        const answer = prototype._parseLength.call(parser);
        answers.push(answer, parser.packet.length);
        return answer;
      };
      parser.parse(Buffer.from('3080', 'hex'));
      parser.parse(Buffer.from('01', 'hex'));
      expect(answers).toEqual([false, -1, true, 128]);
      // A refusal there keeps the body from being waited for.
      const { parser: strict, errors } = parse();
      strict._parseLength = () => {
        prototype._parseLength.call(strict);
        strict._emitError(new Error('too long'));
        return false;
      };
      strict.parse(Buffer.from('308001', 'hex'));
      expect(errors.map(({ message }) => message)).toEqual(['too long']);
    },
    _parsePayload() {
      const { parser, packets } = parse();
      const prototype = Object.getPrototypeOf(parser) as AedesParser;
      const answers: boolean[] = [];
      parser._parsePayload = () => {
        answers.push(prototype._parsePayload.call(parser));
        return answers.at(-1) as boolean;
      };
      parser.parse(UNFINISHED);
      expect(packets).toEqual([]);
      parser.parse(Buffer.from('x'));
      expect(answers).toEqual([false, true]);
      expect(packets).toHaveLength(1);
    },
    _parseString() {
      const { parser } = parse();
      const prototype = Object.getPrototypeOf(parser) as AedesParser;
      const texts: (string | null)[] = [];
      parser._parseString = () => {
        texts.push(prototype._parseString.call(parser));
        return texts.at(-1) as string;
      };
      parser.parse(bytesOf(connectPacket({ clientId: 'me', username: 'anna' })));
      parser.parse(bytesOf({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: ['a/b'] }));
      parser.on('error', () => {});
      parser.parse(Buffer.from('3004000f6162', 'hex'));
      expect(texts).toEqual(['MQTT', 'me', 'anna', 'a/b', null]);
    },
    _emitError() {
      const { parser, errors, packets } = parse();
      const fault = new Error('a fault');
      parser._parseLength = () => {
        parser._emitError(fault);
        return true;
      };
      parser.parse(Buffer.concat([PING, PING]));
      expect(errors).toEqual([fault]);
      expect(packets).toEqual([]);
    },
  },

  ParsedPacket: Object.fromEntries(
    (
      [
        ['cmd', PING, 'pingreq'],
        ['length', PING, 0],
        [
          'qos',
          bytesOf({ cmd: 'publish', topic: 'a', payload: '', qos: 2, dup: false, retain: false, messageId: 1 }),
          2,
        ],
        [
          'dup',
          bytesOf({ cmd: 'publish', topic: 'a', payload: '', qos: 1, dup: true, retain: false, messageId: 1 }),
          true,
        ],
        ['messageId', bytesOf({ cmd: 'puback', messageId: 513 }), 513],
        [
          'subscriptions',
          bytesOf({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a', qos: 1 }] }),
          [{ topic: 'a', qos: 1 }],
        ],
        ['unsubscriptions', bytesOf({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: ['a'] }), ['a']],
        [
          'will',
          bytesOf(connectPacket({ will: { topic: 'w', payload: Buffer.from('x'), qos: 2, retain: true } })),
          { topic: 'w', payload: Buffer.from('x'), qos: 2, retain: true },
        ],
        ['username', bytesOf(connectPacket({ username: 'anna' })), 'anna'],
        ['password', bytesOf(connectPacket({ username: 'anna', password: Buffer.from('p') })), Buffer.from('p')],
      ] as const
    ).map(([name, bytes, value]) => [
      name,
      () => expect((parse(bytes).packets[0] as unknown as Record<string, unknown>)[name]).toEqual(value),
    ]),
  ),

  AedesOptions: {
    async id() {
      // It publishes about itself, and only that, through `publish`.
      const probe = new Probe();
      const topics: string[] = [];
      probe.broker.publish = ({ topic }) => void topics.push(topic);
      probes.push(await probe.start());
      const { wire, client } = await probe.connect();
      const gone = once(probe.broker, 'clientDisconnect');
      await wire.vanish();
      await gone;
      expect(client.closed).toBe(true);
      expect(topics).toEqual(['$SYS/probe/birth', '$SYS/probe/new/clients', '$SYS/probe/disconnect/clients']);
    },
    async concurrency() {
      const probe = await start({ concurrency: 13 });
      expect((await probe.open()).client.conn.getMaxListeners()).toBe(26);
    },
    async maxClientsIdLength() {
      const probe = await start();
      const { wire } = await probe.open();
      const long = connectPacket({ protocolId: 'MQIsdp', protocolVersion: 3, clientId: 'x'.repeat(31) });
      expect(await wire.ask(long, 'connack')).toMatchObject({ returnCode: 2 });
    },
    async persistence() {
      const probe = await start();
      for (const [fields, expected] of [
        [{}, ['cleanSubscriptions', 'delWill', 'cleanIncoming', 'outgoingStream', 'cleanIncoming']],
        [{ clean: false }, ['subscriptionsByClient', 'delWill', 'outgoingStream']],
      ] as const) {
        probe.calls.length = 0;
        const { wire } = await probe.connect(fields);
        const gone = once(probe.broker, 'clientDisconnect');
        await wire.vanish();
        await gone;
        await new Promise(setImmediate);
        expect(probe.calls).toEqual(expected);
      }
      const unready = new Probe({ persistence: { setup: () => Promise.resolve() } });
      await expect(unready.broker.listen()).rejects.toThrow('async function');
    },
    async preConnect() {
      const order: string[] = [];
      const probe = await start({
        preConnect: (client, packet, done) => {
          order.push(`preConnect ${packet.clientId}, ${client.id}`);
          // What is taken out of the packet aedes does not know of.
          delete packet.will;
          packet.username = 'changed';
          done(packet.clientId === 'bad' ? new Error('refused') : null, packet.clientId !== 'bad');
        },
        authenticate: (client, username, _password, done) => {
          order.push(`authenticate ${client.id} ${username}`);
          done(null, true);
        },
      });
      const will = { topic: 'w', payload: Buffer.from('x'), qos: 1 as const, retain: false };
      const { client } = await probe.connect({ clientId: 'good', will });
      expect(client).toMatchObject({ will: undefined });
      expect(probe.calls).not.toContain('putWill');
      expect(order).toEqual(['preConnect good, null', 'authenticate good changed']);
      // It ends without a CONNACK.
      const { wire } = await probe.open();
      wire.write(connectPacket({ clientId: 'bad' }));
      await wire.closed;
      await expect(wire.next('connack')).rejects.toThrow('the connection was closed');
    },
    async authenticate() {
      for (const returnCode of [2, 3, 4, 5]) {
        const error = Object.assign(new Error('refused'), { returnCode });
        const probe = await start({
          authenticate: (_client, _username, password, done) => {
            expect(password).toEqual(Buffer.from('p'));
            done(error, null);
          },
        });
        const { wire } = await probe.open();
        const packet = connectPacket({ username: 'anna', password: Buffer.from('p') });
        expect(await wire.ask(packet, 'connack')).toMatchObject({ returnCode, sessionPresent: false });
        await wire.closed;
        expect(probe.broker.connectedClients).toBe(0);
      }
      // A verdict that comes after the client left is of no effect.
      const late: (() => void)[] = [];
      const probe = await start({ authenticate: (_c, _u, _p, done) => void late.push(() => done(null, true)) });
      const { wire, client } = await probe.open();
      wire.write(connectPacket());
      await vi.waitFor(() => expect(late).toHaveLength(1));
      wire.socket.destroy();
      await vi.waitFor(() => expect(client.closed).toBe(true));
      late[0]?.();
      expect(probe.broker.connectedClients).toBe(0);
    },
  },

  AedesBroker: {
    async connectTimeout() {
      const probe = await start();
      probe.broker.connectTimeout = 1;
      const failed = once(probe.broker, 'connectionError');
      const { wire } = await probe.open();
      const [, error] = await failed;
      // The adapter knows the case by these words.
      expect(error.message).toBe('connect did not arrive in time');
      await wire.closed;
    },
    async clients() {
      const probe = await start();
      const { client } = await probe.connect({ clientId: '__proto__' });
      expect(Object.getPrototypeOf(probe.broker.clients)).toBeNull();
      expect(Object.values(probe.broker.clients)).toEqual([client]);
    },
    async connectedClients() {
      const probe = await start();
      await probe.connect();
      expect(probe.broker.connectedClients).toBe(1);
    },
    async closed() {
      const probe = await start();
      expect(probe.broker.closed).toBe(false);
      await new Promise<void>((resolve) => probe.broker.close(resolve));
      expect(probe.broker.closed).toBe(true);
    },
    async mq() {
      const { broker } = await start();
      await new Promise<void>((resolve) => broker.mq.emit({ topic: '$SYS/x' }, resolve));
    },
    async listen() {
      const probe = new Probe();
      await probe.broker.listen();
      expect(probe.broker.closed).toBe(false);
      await new Promise<void>((resolve) => probe.broker.close(resolve));
    },
    async handle() {
      const { client } = await (await start()).open();
      expect(client).toBeInstanceOf(EventEmitter);
      expect(client.connected).toBe(false);
    },
    async registerClient() {
      const probe = await start();
      const registered: AedesClient[] = [];
      const inherited = probe.broker.registerClient;
      probe.broker.registerClient = (client) => {
        registered.push(client);
        // The CONNACK is still to come, and the client is not yet on the list.
        expect(probe.broker.clients[client.id]).toBeUndefined();
        inherited.call(probe.broker, client);
        expect(probe.broker.clients[client.id]).toBe(client);
      };
      const { client } = await probe.connect();
      expect(registered).toEqual([client]);
      expect(Object.hasOwn(Aedes.prototype, 'registerClient')).toBe(true);
    },
    async unregisterClient() {
      const probe = await start();
      const gone: AedesClient[] = [];
      probe.broker.unregisterClient = (client) => void gone.push(client);
      const { client } = await probe.connect();
      await new Promise<void>((resolve) => client.close(resolve));
      expect(gone).toEqual([client]);
      // Who goes off the list is this method's business alone.
      expect(probe.broker.clients.wire).toBe(client);
      expect(Object.hasOwn(Aedes.prototype, 'unregisterClient')).toBe(true);
    },
    publish() {
      expect(Object.hasOwn(Aedes.prototype, 'publish')).toBe(true);
    },
    async close() {
      const probe = await start();
      const { wire } = await probe.connect();
      await new Promise<void>((resolve) => probe.broker.close(resolve));
      await wire.closed;
      expect(probe.events).toContain('clientDisconnect wire');
    },
  },
};

/** The members of an interface of src/broker/aedes.ts. */
function membersOf(name: string): string[] {
  const source = readFileSync(new URL('src/broker/aedes.ts', ROOT), 'utf8');
  const body = new RegExp(`interface ${name}\\b[^{]*\\{\n([^]*?)\n\\}`).exec(source)?.[1] ?? '';
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[(:]/gm)].map(([, member]) => member as string);
}

describe.each(Object.keys(internals))('%s', (name) => {
  test('is shown whole below', () => {
    expect(Object.keys(internals[name] as object).sort()).toEqual(membersOf(name).sort());
  });

  test.each(Object.keys(internals[name] as object))('%s is as the adapter takes it to be', async (member) => {
    await internals[name]?.[member]?.();
  });
});

describe('the events of aedes', () => {
  test('come in this order when a connection takes a client id over', async () => {
    const probe = await start();
    const first = await probe.connect({ clientId: 'same' });
    probe.events.length = 0;
    await probe.connect({ clientId: 'same' });
    await first.wire.closed;
    expect(probe.events).toEqual(['clientDisconnect same', 'client same', 'clientReady same']);
  });

  test('tell of a client that fails with its error, and end the connection', async () => {
    const probe = await start();
    const { client, wire } = await probe.connect();
    const failed = once(probe.broker, 'clientError');
    const fault = new Error('a fault');
    client.emit('error', fault);
    expect(await failed).toEqual([client, fault]);
    await wire.closed;
    const stranger = await probe.open();
    const strange = once(probe.broker, 'connectionError');
    stranger.client.emit('error', fault);
    expect(await strange).toEqual([stranger.client, fault]);
    await stranger.wire.closed;
  });

  test('tell of a keepalive that ran out before the failure', async () => {
    const probe = await start();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { client } = await probe.connect({ keepalive: 2 });
    const order: string[] = [];
    for (const name of ['keepaliveTimeout', 'clientError']) {
      probe.broker.on(name, (who: AedesClient) => order.push(`${name} ${who === client}`));
    }
    vi.advanceTimersByTime(3000);
    expect(order).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(order).toEqual(['keepaliveTimeout true', 'clientError true']);
  });

  test('tell of a protocol level that nobody serves with return code 1', async () => {
    const { wire } = await (await start()).open();
    expect(await wire.ask(connectPacket({ protocolVersion: 5, properties: {} }), 'connack')).toMatchObject({
      returnCode: 1,
    });
  });
});

describe('the packages', () => {
  const { dependencies } = readJson('package.json');

  test.each(['aedes', 'mqtt-packet'])('%s is pinned to one version, and that is installed', (name) => {
    expect(dependencies[name]).toMatch(/^\d+\.\d+\.\d+$/);
    expect(readJson(`node_modules/${name}/package.json`).version).toBe(dependencies[name]);
  });

  test('hold one copy of mqtt-packet', () => {
    const copies = Object.keys(readJson('package-lock.json').packages).filter((path) => /\/mqtt-packet$/.test(path));
    expect(copies).toEqual(['node_modules/mqtt-packet']);
    const require = createRequire(import.meta.url);
    const ofAedes = createRequire(require.resolve('aedes'));
    expect(ofAedes.resolve('mqtt-packet')).toBe(require.resolve('mqtt-packet'));
  });

  test('let every packet that aedes writes pass through mqtt-packet.writeToStream', async () => {
    const probe = await start();
    const { writeToStream } = mqttPacket;
    const written: string[] = [];
    mqttPacket.writeToStream = ((packet, stream, options) => {
      written.push(`${packet.cmd} ${stream === (probe.clients.at(-1)?.conn as unknown)}`);
      return writeToStream(packet, stream, options);
    }) as typeof writeToStream;
    try {
      const { wire } = await probe.connect();
      await wire.settle();
    } finally {
      mqttPacket.writeToStream = writeToStream;
    }
    expect(written).toEqual(['connack true', 'pingresp true']);
  });
});
