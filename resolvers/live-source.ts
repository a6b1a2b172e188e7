/** Where a source tells what it has. Neither call waits or throws. */
export interface Sink<T> {
  next(value: T): void;
  /** The source has nothing more to tell, and this is why; whoever follows is told as of any other error. */
  fail(error: unknown): void;
}

/** Begins to tell; answers what ends it. */
export type Open<T> = (sink: Sink<T>) => () => void;

export interface LiveOptions<T, Shared = T> {
  /**
   * `state`: a value stands for all before it. The newest is what a newcomer gets first, it is sent only when what was
   * asked for differs, and a slow reader misses those between. `events`: each one counts, and a slow reader is told how
   * many it lost. `patches`: each one changes what those before told, and a slow reader that lost some gets what `begin`
   * answers in their place.
   */
  readonly kind: 'state' | 'events' | 'patches';
  /**
   * Sources of one key are one, which is opened once however many documents follow it. Absent: each has its own. One that
   * is no source of events tells a document that comes later its newest value.
   */
  readonly key?: string;
  /** What a document makes of what those of its key are told together; absent: nothing else. */
  readonly through?: (open: Open<Shared>) => Open<T>;
  /**
   * What a newcomer gets before what follows, such as what a cursor was missing; not of a state. Called in the turn of the
   * event loop in which it joins, so that nothing between is lost or repeated, and read as fast as the newcomer reads: what
   * is in memory anyway is best answered by a generator. When it throws, the newcomer ends with that.
   */
  readonly begin?: () => Iterable<T>;
  /** Milliseconds for which each one who follows may do so, from its own beginning; then it completes. */
  readonly lifetime?: number;
  /** Bytes that a value keeps in memory until it is executed, where they matter. */
  readonly sizeOf?: (value: T) => number;
  /** Told how many milliseconds a value took to be executed, but for what was waited for. */
  readonly onExecuted?: (milliseconds: number) => void;
  readonly open: Open<Shared>;
}

/**
 * What the `subscribe` of a live field answers: a description of what to follow, which nobody opens before somebody
 * follows. Values are told as they come and never waited for: who follows bounds what it keeps. What a resolver of a live
 * field looks at of its caller is `caller.principal` alone, because callers with one principal share an execution.
 */
export class LiveSource<T, Shared = T> implements AsyncIterable<T> {
  readonly kind: LiveOptions<T>['kind'];
  readonly key: string | null;
  readonly begin: (() => Iterable<T>) | null;
  readonly lifetime: number | null;
  readonly sizeOf: (value: T) => number;
  readonly onExecuted: ((milliseconds: number) => void) | null;
  readonly open: Open<Shared>;
  readonly through: (open: Open<Shared>) => Open<T>;

  constructor({ kind, key, through, begin, lifetime, sizeOf, onExecuted, open }: LiveOptions<T, Shared>) {
    this.kind = kind;
    this.key = key ?? null;
    this.begin = begin ?? null;
    this.lifetime = lifetime ?? null;
    this.sizeOf = sizeOf ?? (() => 0);
    this.onExecuted = onExecuted ?? null;
    this.open = open;
    this.through = through ?? ((shared) => shared as Open<unknown> as Open<T>);
  }

  /** What graphql-js looks for in the answer of a live field, and leaves to whoever executes. */
  [Symbol.asyncIterator](): never {
    throw new Error('a live source is opened, not iterated');
  }
}

/** The resolver of a live field whose source answers the values themselves, not objects with a field of its name. */
export const live = <Subscribe>(subscribe: Subscribe) => ({
  subscribe,
  resolve: <Value>(value: Value): Value => value,
});
