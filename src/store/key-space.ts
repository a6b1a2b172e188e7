/** Which entries of a key-space are wanted; without either field, all of them. */
export interface Range {
  /** Only keys that begin with this. */
  readonly prefix?: string;
  /** Only keys behind this one, which begins with `prefix` itself when both are given. */
  readonly after?: string;
}

/**
 * A named set of keys with JSON values. Keys are any text and are ordered by their UTF-8 bytes, so names from the
 * outside such as `__proto__` are keys like any other. Every call rejects once the store is closed.
 */
export interface KeySpace<Value extends NonNullable<unknown>> {
  /** Answers the value of a key, or null when there is none. */
  get(key: string): Promise<Value | null>;
  /** Sets the value of a key; resolves when a kill of the process cannot lose it. */
  put(key: string, value: Value): Promise<void>;
  /** Removes a key; one that is absent is passed over. */
  delete(key: string): Promise<void>;
  /** Walks entries in the order of their keys, as they were when the walk began. */
  entries(range?: Range): AsyncIterable<readonly [key: string, value: Value]>;
}

/** One write of a batch, in the key-space that is named. */
export type Change =
  | { readonly type: 'put'; readonly space: string; readonly key: string; readonly value: NonNullable<unknown> }
  | { readonly type: 'delete'; readonly space: string; readonly key: string };

/** What survives a restart: key-spaces, and batches of writes over them. */
export interface Store {
  /** Answers the key-space of this name, a word of lower-case letters; it need not exist before. */
  space<Value extends NonNullable<unknown>>(name: string): KeySpace<Value>;
  /** Applies all changes or, when it rejects, none. */
  batch(changes: readonly Change[]): Promise<void>;
  /** Waits for writes under way and lets go of the data folder; a second call waits for the same end. */
  close(): Promise<void>;
}
