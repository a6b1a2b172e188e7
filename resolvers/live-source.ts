/** Where a source tells what it has. Neither call waits or throws. */
export interface Sink<T> {
  next(value: T): void;
  /** The source has nothing more to tell, and this is why; whoever follows is told as of any other error. */
  fail(error: unknown): void;
}

export interface LiveOptions<T> {
  /**
   * `state`: a value stands for all before it. The newest is what a newcomer gets first, it is sent only when what was
   * asked for differs, and a slow reader misses those between. `events`: each one counts, and a slow reader is told how
   * many it lost. `patches`: each one changes what those before told, and a slow reader that lost some gets what `begin`
   * answers in their place.
   */
  readonly kind: 'state' | 'events' | 'patches';
  /** Sources of one key are one, which is opened once however many documents follow it. Absent: each has its own. */
  readonly key?: string;
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
  /** Begins to tell; answers what ends it. */
  readonly open: (sink: Sink<T>) => () => void;
}

/**
 * What the `subscribe` of a live field answers: a description of what to follow, which nobody opens before somebody
 * follows. Values are told as they come and never waited for: who follows bounds what it keeps. What a resolver of a live
 * field looks at of its caller is `caller.principal` alone, because callers with one principal share an execution.
 */
export class LiveSource<T> implements AsyncIterable<T> {
  readonly kind: LiveOptions<T>['kind'];
  readonly key: string | null;
  readonly begin: (() => Iterable<T>) | null;
  readonly lifetime: number | null;
  readonly sizeOf: (value: T) => number;
  readonly open: LiveOptions<T>['open'];

  constructor({ kind, key, begin, lifetime, sizeOf, open }: LiveOptions<T>) {
    this.kind = kind;
    this.key = key ?? null;
    this.begin = begin ?? null;
    this.lifetime = lifetime ?? null;
    this.sizeOf = sizeOf ?? (() => 0);
    this.open = open;
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
