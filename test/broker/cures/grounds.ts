import { type EventEmitter, once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { Aedes, type Client } from 'aedes';
import { describe, expect, test, vi } from 'vitest';
import type { Hooks, Vouched } from '../../../src/broker/hooks.ts';
import { SessionStore } from '../../../src/store/session-store.ts';
import { startGateway } from '../../support/gateway.ts';
import { metricsOf } from '../figures.ts';
import { interposeStore } from '../store-faults.ts';
import { type ConnectFields, connectPacket, publishPacket, subscribePacket, Wire } from '../wire.ts';

/** A broker that a scenario is played on. */
export interface Ground {
  /** A TCP connection before its CONNECT. */
  open(): Promise<Wire>;
  /** A connection whose CONNECT was accepted. */
  connect(fields?: ConnectFields): Promise<Wire>;
  /**
   * Waits for what has to come. Where it may never come, it is given up when other clients were served many times over
   * and nothing came meanwhile, nor made `progress`.
   */
  soon<T>(coming: Promise<T>, what: string, progress?: () => number): Promise<T>;
  /** Ids of the clients that are listed as connected. */
  clientIds(): string[];
  connectedCount(): number;
  /** Ends the connection of a client. Answers whether there was one. */
  kick(clientId: string): Promise<boolean>;
  /** Ends a subscription of a client on behalf of the API. */
  unsubscribe(clientId: string, topicFilter: string): Promise<void>;
  /** `client: payload` of each will that is kept. */
  wills(): Promise<string[]>;
  /** Keeps whatever has to be stored before a message with QoS 1 or 2 is through; the answer lets it go on. */
  holdStore(): () => void;
  /** Makes that fail. */
  failStore(): void;
  droppedMessages(): Promise<number>;
  close(): Promise<void>;
}

export interface Circumstances {
  readonly hooks?: Hooks;
  /** Settings of `mqtt` that the gateway is given. */
  readonly mqtt?: string;
}

/** How often another client is served while nothing comes, before nothing is taken to come. */
const PATIENCE = 200;

async function openWire(port: number): Promise<Wire> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const wire = new Wire(socket);
  await once(socket, 'connect');
  return wire;
}

/** What both grounds do in the same way: `port` is where MQTT is spoken. */
function clientsOf(port: number) {
  const wires: Wire[] = [];
  const open = async (): Promise<Wire> => {
    const wire = await openWire(port);
    wires.push(wire);
    return wire;
  };
  return {
    open,
    async connect(fields: ConnectFields = {}): Promise<Wire> {
      const wire = await open();
      const { returnCode } = await wire.ask(connectPacket(fields), 'connack');
      if (returnCode !== 0) throw new Error(`refused with ${returnCode}`);
      return wire;
    },
    vanish: () => Promise.all(wires.map((wire) => wire.vanish())),
  };
}

/** The gateway as it is. */
async function ourGround({ hooks, mqtt = '' }: Circumstances): Promise<Ground> {
  const opening = vi.spyOn(SessionStore, 'open');
  const gateway = await startGateway(`mqtt: {${mqtt}}`, {}, undefined, hooks ? [hooks] : []);
  const sessions = (await opening.mock.results[0]?.value) as SessionStore;
  opening.mockRestore();
  const store = interposeStore(gateway.dataDir);
  const { broker, ports } = gateway.gateway;
  const clients = clientsOf(ports.mqtt.port);
  const connected = (): string[] =>
    [...broker.registry.sessionsById.values()].filter((one) => one.connected).map(({ clientId }) => clientId);
  return {
    ...clients,
    soon: (coming) => coming,
    clientIds: connected,
    connectedCount: () => broker.registry.connectionsCount,
    kick: (clientId) => broker.kick(clientId),
    unsubscribe: (clientId, topicFilter) => broker.unsubscribe(clientId, [topicFilter]),
    async wills() {
      const wills = await sessions.wills();
      return wills.map(({ message }) => `${message.clientId}: ${message.payload}`);
    },
    holdStore: () => store.hold(),
    failStore: () => void store.fail(),
    droppedMessages: async () => (await metricsOf(gateway)).messagesDropped,
    async close() {
      store.restore();
      await clients.vanish();
      await gateway.close();
    },
  };
}

const isAllowed = async (verdict: Vouched | Promise<Vouched> | undefined): Promise<boolean> =>
  (await verdict) !== 'deny';

/** What the typings of aedes leave out. */
interface Bare {
  readonly clients: Record<string, Client & { unsubscribe(packet: object, done: () => void): void }>;
  readonly connectedClients: number;
  readonly persistence: {
    subscriptionsByTopic(topic: string): Promise<unknown>;
    streamWill(brokers: object): Readable;
  };
}

/** aedes as it comes, with its store in memory. */
async function bareGround({ hooks }: Circumstances): Promise<Ground> {
  const infoOf = (client: Client | null) => ({ clientId: client?.id ?? '', username: null, ipAddress: '127.0.0.1' });
  const { authenticate, authorizePublish, authorizeSubscribe } = hooks ?? {};
  const aedes = await Aedes.createBroker({
    ...(authenticate && {
      authenticate: (client, _username, password, done) =>
        void isAllowed(authenticate(infoOf(client), password ?? null)).then((ok) => done(null, ok)),
    }),
    ...(authorizePublish && {
      authorizePublish: (client, { topic, qos, retain }, done) =>
        void isAllowed(authorizePublish(infoOf(client), topic, qos, retain)).then((ok) =>
          done(ok ? null : new Error('not authorized')),
        ),
    }),
    ...(authorizeSubscribe && {
      authorizeSubscribe: (client, subscription, done) =>
        void isAllowed(authorizeSubscribe(infoOf(client), subscription.topic, subscription.qos)).then((ok) =>
          done(null, ok ? subscription : null),
        ),
    }),
  });
  (aedes as EventEmitter).on('error', () => {});
  const bare = aedes as unknown as Bare;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    aedes.handle(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const clients = clientsOf(port);
  const { persistence } = bare;
  const lookUp = persistence.subscriptionsByTopic.bind(persistence);
  return {
    ...clients,
    async soon(coming, what, progress = () => 0) {
      const arrived = { is: false };
      const seen = coming.finally(() => {
        arrived.is = true;
      });
      seen.catch(() => {});
      const other = await clients.connect({ clientId: 'bystander' });
      let last = progress();
      for (let turn = 0; turn < PATIENCE && !arrived.is; turn++) {
        await other.settle();
        if (progress() !== last) turn = 0;
        last = progress();
      }
      await other.disconnect();
      if (!arrived.is) throw new Error(`never came: ${what}`);
      return seen;
    },
    clientIds: () => Object.keys(bare.clients),
    connectedCount: () => bare.connectedClients,
    async kick(clientId) {
      const client = bare.clients[clientId];
      if (!client) return false;
      await new Promise<void>((resolve) => client.close(resolve));
      return true;
    },
    unsubscribe: (clientId, topic) =>
      new Promise((resolve) => bare.clients[clientId]?.unsubscribe({ unsubscriptions: [topic] }, resolve)),
    async wills() {
      const wills = (await persistence.streamWill({}).toArray()) as { clientId: string; payload: Buffer }[];
      return wills.map(({ clientId, payload }) => `${clientId}: ${payload}`);
    },
    holdStore() {
      let release = (): void => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      persistence.subscriptionsByTopic = async (topic) => {
        await held;
        return lookUp(topic);
      };
      return () => {
        persistence.subscriptionsByTopic = lookUp;
        release();
      };
    },
    failStore() {
      persistence.subscriptionsByTopic = () => Promise.reject(new Error('no space left on device'));
    },
    // Nothing of the kind is counted.
    droppedMessages: async () => Number.NaN,
    async close() {
      await clients.vanish();
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => aedes.close(resolve));
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type Scenario = (ground: Ground) => Promise<void>;

async function play(ground: Promise<Ground>, scenario: Scenario): Promise<void> {
  const played = await ground;
  try {
    await scenario(played);
  } finally {
    await played.close();
  }
}

/**
 * A hazard of aedes and its cure: the scenario passes on the gateway and fails on aedes alone, with `failure`. A
 * function makes the circumstances, new ones for each ground.
 */
export function cure(
  what: string,
  failure: string | RegExp,
  circumstances: Circumstances | (() => Circumstances),
  scenario: (ground: Ground, circumstances: Circumstances) => Promise<void>,
): void {
  const make = (): Circumstances => (typeof circumstances === 'function' ? circumstances() : circumstances);
  describe(what, () => {
    test('holds', async () => {
      const made = make();
      await play(ourGround(made), (ground) => scenario(ground, made));
    });

    test('does not hold of aedes alone', async () => {
      const made = make();
      await expect(play(bareGround(made), (ground) => scenario(ground, made))).rejects.toThrow(failure);
    });
  });
}

/** What holds of aedes 1.2.0 alone too, and is watched all the same: the scenario passes on both grounds. */
export function kept(what: string, circumstances: () => Circumstances, scenario: Scenario): void {
  describe(what, () => {
    test('holds', () => play(ourGround(circumstances()), scenario));

    test('holds of aedes 1.2.0 alone too', () => play(bareGround(circumstances()), scenario));
  });
}

/** A promise with its ends in reach. */
export function gate(): { readonly passed: Promise<void>; open(): void } {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

let publishers = 0;

/** Publishes one message with all that its QoS asks for. */
export async function publish(ground: Ground, topic: string, qos: 0 | 1 | 2, payload: string): Promise<void> {
  const publisher = await ground.connect({ clientId: `publisher ${++publishers}` });
  publisher.write(publishPacket(topic, qos, qos === 0 ? undefined : 1, payload));
  if (qos === 1) await publisher.next('puback');
  if (qos === 2) await publisher.next('pubrec');
  if (qos === 2) await publisher.ask({ cmd: 'pubrel', messageId: 1 }, 'pubcomp');
  await publisher.settle();
  await publisher.disconnect();
}

/** Payload and QoS of the messages that come to a client until one comes that is sent behind them; all acknowledged. */
export async function heard(ground: Ground, wire: Wire): Promise<string[]> {
  const lines: string[] = [];
  wire.write(subscribePacket(999, ['the end', 1]));
  for (;;) {
    const packet = await wire.take();
    switch (packet.cmd) {
      case 'suback':
        await publish(ground, 'the end', 1, 'the end');
        break;
      case 'publish':
        if (packet.qos === 1) wire.write({ cmd: 'puback', messageId: packet.messageId ?? 0 });
        if (packet.qos === 2) wire.write({ cmd: 'pubrec', messageId: packet.messageId ?? 0 });
        if (packet.topic === 'the end') wire.write({ cmd: 'pingreq' });
        else lines.push(`${packet.payload} q${packet.qos}`);
        break;
      case 'pubrel':
        wire.write({ cmd: 'pubcomp', messageId: packet.messageId ?? 0 });
        break;
      case 'pingresp':
        return lines;
      default:
        throw new Error(`a message expected, ${packet.cmd} came`);
    }
  }
}
