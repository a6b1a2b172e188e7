import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { generate, type IPublishPacket, type Packet, parser } from 'mqtt-packet';
import type { Broker } from '../../bench/brokers/broker.ts';

/** What a broker may do wrong. */
export type Fault =
  | 'loses an acknowledged message'
  | 'swaps two messages'
  | 'sends again without DUP'
  | 'sends again under another packet id'
  | 'forgets which QoS 2 messages it has'
  | 'queues a QoS 1 message twice'
  | 'forgets sessions'
  | 'acknowledges out of order'
  | 'closes a connection';

type Qos = 1 | 2;

interface Entry {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: Qos;
  /** 0 until it was sent. */
  packetId: number;
  isReceived: boolean;
}

interface Session {
  socket: Socket | null;
  subscribed: boolean;
  readonly queue: Entry[];
  readonly incoming: Set<number>;
  /** Packet ids whose PUBACK, and whose PUBREC, is not taken note of yet. */
  latePubacks: number[];
  latePubrecs: number[];
  lastId: number;
}

const WINDOW = 32;
/** So many PUBACKs and PUBRECs are lost with a connection, so that every one has something to send again. */
const LATE = 10;
/** A fault happens at the message with this number, not before. */
const AT = 100;

/**
 * The smallest broker that keeps every promise of the soak, in this process and in memory, for one subscriber. Its end
 * cuts connections and forgets nothing; with a fault it breaks one promise.
 */
export function createModelBroker(fault: Fault | null = null): Broker {
  const sessions = new Map<string, Session>();
  let messages = 0;
  /** Whether no PUBREC is sent: a broker that forgets is one that is asked again. */
  let isMute = false;
  let isFirstRun = true;

  const write = (session: Session, packet: Packet): void => void session.socket?.write(generate(packet));

  function send(session: Session, entry: Entry, dup: boolean): void {
    if (entry.packetId === 0 || (dup && fault === 'sends again under another packet id')) {
      session.lastId = (session.lastId % 65_535) + 1;
      entry.packetId = session.lastId;
    }
    const { topic, payload, qos, packetId: messageId } = entry;
    const isDup = dup && fault !== 'sends again without DUP';
    write(session, { cmd: 'publish', topic, payload, qos, messageId, dup: isDup, retain: false });
  }

  function pump(session: Session): void {
    if (!session.socket) return;
    for (const entry of session.queue.slice(0, WINDOW)) if (entry.packetId === 0) send(session, entry, false);
  }

  function enqueue({ topic, payload, qos }: IPublishPacket): void {
    messages += 1;
    if (messages === AT && fault === 'loses an acknowledged message') return;
    const entry = { topic, payload: Buffer.from(payload), qos: qos as Qos, packetId: 0, isReceived: false };
    for (const session of sessions.values()) {
      if (!session.subscribed) continue;
      session.queue.push({ ...entry });
      if (qos === 1 && messages >= AT && fault === 'queues a QoS 1 message twice') session.queue.push({ ...entry });
      if (messages === AT && fault === 'swaps two messages') swapLast(session.queue, entry);
      pump(session);
    }
  }

  function swapLast(queue: Entry[], { topic, qos }: Entry): void {
    const isAlike = (entry: Entry): boolean => entry.topic === topic && entry.qos === qos && entry.packetId === 0;
    const at = queue.findIndex(isAlike);
    if (at < queue.length - 1) queue.push(...queue.splice(at, 1));
  }

  function resume(session: Session): void {
    for (const entry of session.queue.filter(({ packetId }) => packetId !== 0)) {
      if (entry.isReceived) write(session, { cmd: 'pubrel', messageId: entry.packetId });
      else send(session, entry, true);
    }
    pump(session);
  }

  function connect(socket: Socket, clientId: string): Session {
    const known = fault === 'forgets sessions' ? undefined : sessions.get(clientId);
    const session = known ?? {
      socket,
      subscribed: false,
      queue: [],
      incoming: new Set(),
      latePubacks: [],
      latePubrecs: [],
      lastId: 0,
    };
    session.socket = socket;
    session.latePubacks = [];
    session.latePubrecs = [];
    sessions.set(clientId, session);
    write(session, { cmd: 'connack', returnCode: 0, sessionPresent: known !== undefined });
    resume(session);
    return session;
  }

  function forget(session: Session, messageId: number): void {
    const at = session.queue.findIndex(({ packetId }) => packetId === messageId);
    if (at >= 0) session.queue.splice(at, 1);
    pump(session);
  }

  function release(session: Session, messageId: number): void {
    for (const entry of session.queue.slice(0, WINDOW)) if (entry.packetId === messageId) entry.isReceived = true;
    write(session, { cmd: 'pubrel', messageId });
  }

  const held: (() => void)[] = [];

  /** Answers at once, or after the next answer. */
  function answer(session: Session, packet: Packet): void {
    const isHeld = messages >= AT && fault === 'acknowledges out of order' && held.length === 0;
    if (isHeld) {
      held.push(() => write(session, packet));
      return;
    }
    write(session, packet);
    for (const late of held.splice(0)) late();
  }

  function receive(session: Session, packet: IPublishPacket): void {
    const messageId = packet.messageId ?? 0;
    if (packet.qos === 1) {
      enqueue(packet);
      answer(session, { cmd: 'puback', messageId });
      return;
    }
    const isNew = !session.incoming.has(messageId) || fault === 'forgets which QoS 2 messages it has';
    session.incoming.add(messageId);
    if (isNew) enqueue(packet);
    if (messages >= AT && isFirstRun) isMute = fault === 'forgets which QoS 2 messages it has';
    if (!isMute) write(session, { cmd: 'pubrec', messageId });
  }

  function read(session: Session, packet: Packet): void {
    const { cmd, messageId = 0 } = packet;
    if (cmd === 'publish') receive(session, packet);
    if (cmd === 'puback') session.latePubacks.push(messageId);
    if (cmd === 'pubrec') session.latePubrecs.push(messageId);
    if (session.latePubacks.length > LATE) forget(session, session.latePubacks.shift() ?? 0);
    if (session.latePubrecs.length > LATE) release(session, session.latePubrecs.shift() ?? 0);
    if (cmd === 'pubcomp') forget(session, messageId);
    if (cmd === 'pubrel') {
      session.incoming.delete(messageId);
      write(session, { cmd: 'pubcomp', messageId });
    }
    if (cmd === 'subscribe') {
      session.subscribed = true;
      write(session, { cmd: 'suback', messageId, granted: [2] });
    }
    if (cmd === 'disconnect') session.socket?.end();
    if (messages === AT && fault === 'closes a connection') session.socket?.destroy();
  }

  return {
    name: 'model',
    async start() {
      const sockets = new Set<Socket>();
      const server = createServer({ noDelay: true }, (socket) => {
        sockets.add(socket);
        let session: Session | null = null;
        const reader = parser();
        reader.on('packet', (packet: Packet) => {
          if (packet.cmd === 'connect') session = connect(socket, packet.clientId);
          else if (session?.socket === socket) read(session, packet);
        });
        socket.on('error', () => {});
        socket.on('close', () => {
          if (session?.socket === socket) session.socket = null;
        });
        socket.on('data', (chunk) => {
          socket.cork();
          reader.parse(chunk);
          socket.uncork();
        });
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return {
        pid: process.pid,
        port: (server.address() as AddressInfo).port,
        output: '',
        async end() {
          isMute = false;
          isFirstRun = false;
          server.close();
          const open = Array.from(sockets).filter(({ closed }) => !closed);
          for (const socket of open) socket.destroy();
          await Promise.all(open.map((socket) => socket.closed || once(socket, 'close')));
        },
      };
    },
  };
}
