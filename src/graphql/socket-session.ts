import type { Duplex } from 'node:stream';
import {
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
} from 'graphql';
import { CloseCode, type Message, MessageType, parseMessage, type SubscribeMessage } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Context } from '../../resolvers/context.ts';
import { BrokerError, isPromise } from '../domain.ts';
import { Uptake } from '../net/uptake.ts';
import { type LogFault, maskError } from './errors.ts';
import { type DocumentLimits, readOperation } from './limits.ts';
import { socketFraming, textFrame } from './live/framing.ts';
import type { Live, LiveArgs } from './live/live.ts';
import { Writer } from './live/writer.ts';

export interface SessionLimits {
  /** Operations that may be under way at once; 0 is no limit. */
  readonly operations: number;
  /** Milliseconds that the first message may take. */
  readonly initTimeout: number;
}

/** Somebody who was let in. */
export interface Admitted {
  readonly context: Context;
  /** Takes an operation. Answers the refusal when there were too many. */
  readonly rate: () => Error | null;
}

export interface SessionOptions {
  readonly schema: GraphQLSchema;
  readonly documents: DocumentLimits;
  readonly limits: SessionLimits;
  readonly logFault: LogFault;
  readonly live: Live;
  /** Lets somebody in who says `connection_init` with this authorization, or answers why not. */
  readonly admit: (authorization: string | undefined) => Promise<Admitted | Refused>;
}

/** The code and the reason of a close. */
export interface Refused {
  readonly code: number;
  readonly reason: string;
}

/** Milliseconds that a client has for its half of a close; `ws` would wait 30 s for it. */
const CLOSE_TIMEOUT = 500;
/** Characters of the id of an operation, which every payload of it repeats. */
const LONGEST_ID = 256;
/** Bytes of answers that a client may leave unread before it is heard no further, and before it is cut off. */
const UNREAD = 1024 * 1024;
const MOST_UNREAD = 64 * 1024 * 1024;
/** Signs of life that may stay unanswered. */
const MOST_MISSED = 2;
const TRY_AGAIN_LATER = 1013;

/** A reason has room for 123 bytes (RFC 6455, 5.5). */
const fitting = (reason: string, otherwise: string): string => (Buffer.byteLength(reason) < 124 ? reason : otherwise);

/** One socket that speaks graphql-transport-ws: the protocol of graphql-ws, with what is live written by the engine. */
export class SocketSession {
  readonly #webSocket: WebSocket;
  readonly #stream: Duplex;
  readonly #options: SessionOptions;
  readonly #writer: Writer;
  readonly #uptake: Uptake;
  /** What ends each operation that is under way, by its id. */
  readonly #operations = new Map<string, () => void>();
  readonly #initTimer: NodeJS.Timeout;
  #hasBegun = false;
  #admitted: Admitted | null = null;
  #missed = 0;

  /** `stream` is the connection under the socket; nobody else writes to it but the socket itself. */
  constructor(webSocket: WebSocket, stream: Duplex, options: SessionOptions) {
    this.#webSocket = webSocket;
    this.#stream = stream;
    this.#options = options;
    this.#uptake = new Uptake(stream);
    // Behind its Close a socket sends nothing more (RFC 6455, 5.5.1).
    this.#writer = new Writer(stream, options.live.turnEnd, () => webSocket.readyState === webSocket.OPEN);
    this.#initTimer = setTimeout(
      () => this.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout'),
      options.limits.initTimeout,
    ).unref();
    webSocket.on('message', (data) => {
      this.#read(String(data));
      this.#waitForReader();
    });
    webSocket.on('pong', () => {
      this.#missed = 0;
    });
    webSocket.once('close', () => this.#end());
  }

  /** Closes the socket, and hears nothing more of a client that does not close its end. */
  close(code: number, reason: string): void {
    this.#end();
    this.#webSocket.removeAllListeners('message');
    this.#webSocket.close(code, reason);
    const timer = setTimeout(() => this.#webSocket.terminate(), CLOSE_TIMEOUT);
    this.#webSocket.once('close', () => clearTimeout(timer));
  }

  /** Asks for a sign of life; cuts off a client that gave none for several. That it reads is one, too. */
  beat(): void {
    if (this.#uptake.look() === 'taking') this.#missed = 0;
    if (this.#missed++ >= MOST_MISSED) this.#webSocket.terminate();
    else if (this.#webSocket.readyState === this.#webSocket.OPEN) this.#webSocket.ping();
  }

  #end(): void {
    clearTimeout(this.#initTimer);
    this.#writer.close();
    for (const end of [...this.#operations.values()]) end();
  }

  #read(text: string): void {
    this.#missed = 0;
    let message: Message;
    try {
      message = parseMessage(text);
    } catch (error) {
      this.close(CloseCode.BadRequest, fitting((error as Error).message, 'Invalid message received'));
      return;
    }
    switch (message.type) {
      case MessageType.ConnectionInit:
        void this.#begin(message.payload?.authorization);
        break;
      case MessageType.Ping:
        this.#send({ type: MessageType.Pong, ...(message.payload && { payload: message.payload }) });
        break;
      case MessageType.Pong:
        break;
      case MessageType.Subscribe:
        this.#take(message);
        break;
      case MessageType.Complete:
        this.#operations.get(message.id)?.();
        break;
      default:
        this.close(CloseCode.BadRequest, `a client sends no '${message.type}'`);
    }
  }

  /** A client that does not read is not heard either. */
  #waitForReader(): void {
    if (this.#stream.writableLength <= UNREAD || this.#webSocket.isPaused) return;
    this.#webSocket.pause();
    this.#stream.once('drain', () => this.#webSocket.resume());
  }

  async #begin(authorization: unknown): Promise<void> {
    if (this.#hasBegun) {
      this.close(CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests');
      return;
    }
    this.#hasBegun = true;
    clearTimeout(this.#initTimer);
    const admitted = await this.#options.admit(typeof authorization === 'string' ? authorization : undefined);
    if ('code' in admitted) {
      this.close(admitted.code, admitted.reason);
      return;
    }
    this.#admitted = admitted;
    this.#send({ type: MessageType.ConnectionAck });
  }

  #take({ id, payload }: SubscribeMessage): void {
    const refused = this.#refuse(id);
    if (refused || !this.#admitted) {
      this.close(refused?.code ?? CloseCode.Unauthorized, refused?.reason ?? 'Unauthorized');
      return;
    }
    const { schema, documents, limits } = this.#options;
    const { context, rate } = this.#admitted;
    const count = this.#operations.size;
    const excess = limits.operations > 0 && count >= limits.operations ? tooMany(count, limits.operations) : rate();
    try {
      const operation = excess ? [excess] : readOperation(schema, payload, documents);
      if ('document' in operation) this.#start(id, { ...operation, contextValue: context });
      else this.#fail(id, operation);
    } catch (fault) {
      this.#fail(id, [fault]);
    }
  }

  /** Why the socket is closed to an operation with this id; null when it is not. */
  #refuse(id: string): Refused | null {
    if (id.length > LONGEST_ID) {
      return { code: CloseCode.BadRequest, reason: `an id has at most ${LONGEST_ID} characters, not ${id.length}` };
    }
    if (this.#operations.has(id)) {
      const reason = fitting(`Subscriber for ${id} already exists`, 'Subscriber already exists');
      return { code: CloseCode.SubscriberAlreadyExists, reason };
    }
    const isUnread = this.#stream.writableLength > MOST_UNREAD;
    return isUnread ? { code: TRY_AGAIN_LATER, reason: 'Too many answers are unread' } : null;
  }

  #start(id: string, args: LiveArgs): void {
    const kind = getOperationAST(args.document, args.operationName)?.operation;
    if (kind === undefined) this.#fail(id, [new GraphQLError('Unable to identify operation')]);
    else if (kind === 'subscription') void this.#follow(id, args);
    else this.#answer(id, args);
  }

  async #follow(id: string, args: LiveArgs): Promise<void> {
    const outlet = this.#options.live.outlet(socketFraming(id), this.#writer);
    const end = (): void => {
      this.#operations.delete(id);
      outlet.end();
    };
    this.#operations.set(id, end);
    outlet.onEnded = () => this.#operations.delete(id);
    const errors = await this.#options.live.follow(args, outlet);
    if (!errors || this.#operations.get(id) !== end) return;
    this.#operations.delete(id);
    this.#complete(id, { errors });
  }

  #answer(id: string, args: ExecutionArgs): void {
    const result = execute(args);
    if (!isPromise(result)) {
      this.#complete(id, result);
      return;
    }
    const end = (): void => void this.#operations.delete(id);
    this.#operations.set(id, end);
    const isWanted = (): boolean => {
      const isSame = this.#operations.get(id) === end;
      if (isSame) end();
      return isSame;
    };
    result.then(
      (known) => isWanted() && this.#complete(id, known),
      (fault) => isWanted() && this.#fail(id, [fault]),
    );
  }

  #complete(id: string, { errors, data }: ExecutionResult): void {
    const payload = { ...(errors && { errors: this.#masked(errors) }), ...(data !== undefined && { data }) };
    this.#send({ id, type: MessageType.Next, payload });
    this.#send({ id, type: MessageType.Complete });
  }

  #fail(id: string, errors: readonly unknown[]): void {
    this.#send({ id, type: MessageType.Error, payload: this.#masked(errors) });
  }

  #masked(errors: readonly unknown[]): GraphQLError[] {
    return errors.map((error) => maskError(error, this.#options.logFault));
  }

  #send(message: object): void {
    this.#writer.write(textFrame(JSON.stringify(message)));
  }
}

const tooMany = (count: number, limit: number): BrokerError =>
  new BrokerError('LIMIT_EXCEEDED', `${count} operations are under way on this socket; the limit is ${limit}`, {
    value: count,
  });
