/** What the load generator is told; its answer to each is one `Measured`, `Subscribed` or `Failed`. */
export type Order =
  | {
      readonly order: 'call';
      readonly port: number;
      /** The request as it goes over the wire. */
      readonly request: string;
      readonly inFlight: number;
      readonly milliseconds: number;
    }
  | { readonly order: 'subscribe'; readonly port: number; readonly topicFilter: string; readonly subscribers: number };

export interface Measured {
  readonly answer: 'measured';
  readonly requests: number;
  /** Milliseconds from the first request to the last answer. */
  readonly elapsed: number;
}

export interface Subscribed {
  readonly answer: 'subscribed';
}

export interface Failed {
  readonly answer: 'failed';
  readonly message: string;
}

export type LoadAnswer = Measured | Subscribed | Failed;
