import {
  type BrokerError,
  type ClientRefusal,
  type MaybePromise,
  type RefusalFilter,
  type RefusalKind,
  type RefusedAction,
  type Slice,
  type SliceResult,
  shown,
} from '../domain.ts';
import type { RefusalEvent } from './events.ts';
import { Listing } from './listing/listing.ts';

/** The kind of a refusal of a topic or a filter: for its size, as one of the broker's own, or as none at all. */
export function kindOfTopicRefusal({ code }: BrokerError): RefusalKind {
  return code === 'LIMIT_EXCEEDED' ? 'LIMIT' : 'PROTOCOL';
}

/** Who was refused: a connection, with the client id and user name that its CONNECT told. */
export type Refused = Pick<ClientRefusal, 'clientId' | 'username' | 'ipAddress' | 'port'>;

export interface RefusalRecordOptions {
  readonly nodeName: string;
  /** Clients that are remembered; of more, those go that were not refused for the longest time. */
  readonly maxClients?: number;
  /** Different refusals of one client. */
  readonly maxPerClient?: number;
  /** Characters of all texts together, so that long names cannot make the record larger than many short ones do. */
  readonly maxText?: number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** Told of each refusal. */
  readonly onNoted?: (refusal: RefusalEvent) => void;
}

/** A refusal as the list keeps it: while it is the newest, a repetition only counts. */
interface Row extends ClientRefusal {
  readonly seq: number;
  port: number;
  username: string | null;
  count: number;
  lastAt: number;
}

/** A client with its rows, oldest first, between those that were refused before and after it. */
interface Client {
  readonly id: string;
  readonly rows: Row[];
  before: Client;
  after: Client;
}

/** The two ends of the chain of clients. */
function createEnds(): Client {
  const ends = { id: '', rows: [] } as unknown as Client;
  ends.before = ends;
  ends.after = ends;
  return ends;
}

/** Lists are in ascending order, and the newest comes first: numbers count down from here. */
const FIRST_SEQ = Number.MAX_SAFE_INTEGER;

/** Text that is kept: in one line, at most 201 characters. What is cut off must not live on behind the rest of it. */
function brief(text: string): string {
  const short = shown(text.slice(0, 201));
  return short.length < 201 ? short : Buffer.from(short).toString();
}

const textOf = ({ username, topic, message }: ClientRefusal): number =>
  (username?.length ?? 0) + (topic?.length ?? 0) + message.length;

/**
 * Why clients were refused lately, by client id and as a list: the last refusals of each of the last clients. The same
 * refusal again is one entry that counts, so a flood costs no room and pushes nothing else out.
 */
export class RefusalRecord {
  readonly #byId = new Map<string, Client>();
  /** A chain, since a Map in which one key is removed and added again and again becomes slow. */
  readonly #ends = createEnds();
  readonly #listing = new Listing<Row, 'kind' | 'ipAddress'>({
    exact: { kind: ({ kind }) => kind, ipAddress: ({ ipAddress }) => ipAddress },
  });
  readonly #options: Required<RefusalRecordOptions>;
  #nextSeq = FIRST_SEQ;
  #text = 0;

  constructor(options: RefusalRecordOptions) {
    this.#options = {
      maxClients: 10_000,
      maxPerClient: 10,
      maxText: 16 * 1024 * 1024,
      now: Date.now,
      onNoted: () => {},
      ...options,
    };
  }

  /** Clients of which something is remembered. */
  get size(): number {
    return this.#byId.size;
  }

  /** Remembers that something was refused to a client, and why: `message` is a sentence without secrets. */
  note(refused: Refused, kind: RefusalKind, action: RefusedAction, message: string, topic: string | null = null): void {
    const clientId = brief(refused.clientId);
    const told = {
      kind,
      action,
      topic: topic === null ? null : brief(topic),
      message: brief(message),
      ipAddress: refused.ipAddress,
    };
    const { rows } = this.#lastOf(clientId);
    const at = rows.findIndex((row) => isSame(row, told));
    const known = rows[at];
    const changes = { username: refused.username === null ? null : brief(refused.username), port: refused.port };
    this.#options.onNoted({ clientId, ...told, ...changes });
    const now = this.#options.now();
    if (known?.seq === this.#nextSeq + 1) {
      this.#text += (changes.username?.length ?? 0) - (known.username?.length ?? 0);
      Object.assign(known, changes, { count: known.count + 1, lastAt: now });
      return;
    }
    if (known) this.#remove(rows, at);
    else if (rows.length >= this.#options.maxPerClient) this.#remove(rows, 0);
    this.#add(rows, {
      seq: this.#nextSeq--,
      clientId,
      ...told,
      ...changes,
      count: (known?.count ?? 0) + 1,
      firstAt: known?.firstAt ?? now,
      lastAt: now,
      nodeName: this.#options.nodeName,
    });
    this.#bound();
  }

  /** The client, which is the one that was refused last now. */
  #lastOf(id: string): Client {
    let client = this.#byId.get(id);
    if (client) unchain(client);
    else {
      client = { id, rows: [], before: this.#ends, after: this.#ends };
      this.#byId.set(id, client);
      this.#text += id.length;
    }
    client.before = this.#ends.before;
    client.after = this.#ends;
    client.before.after = client;
    client.after.before = client;
    return client;
  }

  #add(rows: Row[], row: Row): void {
    rows.push(row);
    this.#listing.add(row);
    this.#text += textOf(row);
  }

  #remove(rows: Row[], at: number): void {
    for (const row of rows.splice(at, 1)) {
      this.#listing.delete(row);
      this.#text -= textOf(row);
    }
  }

  /** Forgets the clients that were not refused for the longest time, but never the last one. */
  #bound(): void {
    const { maxClients, maxText } = this.#options;
    while (this.size > 1 && (this.size > maxClients || this.#text > maxText)) {
      const { id, rows } = this.#ends.after;
      while (rows.length > 0) this.#remove(rows, 0);
      unchain(this.#ends.after);
      this.#byId.delete(id);
      this.#text -= id.length;
    }
  }

  /** Newest first; empty when nothing of the client is remembered. */
  of(clientId: string): readonly ClientRefusal[] {
    return this.#byId.get(brief(clientId))?.rows.toReversed() ?? [];
  }

  /** Newest first. */
  page({ filter, offset, limit, after }: Slice<RefusalFilter>): MaybePromise<SliceResult<ClientRefusal>> {
    const { kind, ipAddress, clientIdPrefix } = filter;
    return this.#listing.page({
      exact: [
        ...(kind == null ? [] : [['kind', kind] as const]),
        ...(ipAddress == null ? [] : [['ipAddress', ipAddress] as const]),
      ],
      prefix: null,
      where: clientIdPrefix == null ? null : (row) => row.clientId.startsWith(clientIdPrefix),
      candidates: null,
      offset,
      limit,
      after,
    });
  }
}

function unchain({ before, after }: Client): void {
  before.after = after;
  after.before = before;
}

type Told = Pick<ClientRefusal, 'kind' | 'action' | 'topic' | 'message' | 'ipAddress'>;

const isSame = (a: Told, b: Told): boolean =>
  a.kind === b.kind &&
  a.action === b.action &&
  a.topic === b.topic &&
  a.message === b.message &&
  a.ipAddress === b.ipAddress;
