/** What the load generator is told; its answer to each is one `LoadAnswer`. */
export type Order =
  | {
      readonly order: 'call';
      readonly port: number;
      /** The request as it goes over the wire. */
      readonly request: string;
      readonly inFlight: number;
      readonly milliseconds: number;
    }
  | { readonly order: 'subscribe'; readonly port: number; readonly topicFilter: string; readonly subscribers: number }
  | {
      /** Publish at QoS 1, in time whatever the server does. */
      readonly order: 'publish';
      readonly port: number;
      readonly clients: number;
      readonly perSecond: number;
      readonly milliseconds: number;
    }
  | {
      /** Connect, one client after the other in each place. */
      readonly order: 'arrive';
      readonly port: number;
      readonly inFlight: number;
      readonly milliseconds: number;
    }
  | {
      /** Log in, in time whatever the server does. */
      readonly order: 'knock';
      readonly port: number;
      readonly as: Knocker;
      readonly perSecond: number;
      readonly milliseconds: number;
    };

/**
 * Who knocks: a stranger from one address with one name and another secret each time, strangers with an address, a name
 * and a secret of their own each, or a probe of `/healthz`, which does not log in.
 */
export type Knocker = 'one stranger' | 'many strangers' | 'a probe';

export interface Measured {
  readonly answer: 'measured';
  readonly requests: number;
  /** Milliseconds from the first request to the last answer. */
  readonly elapsed: number;
}

export interface Subscribed {
  readonly answer: 'subscribed';
}

export interface Published {
  readonly answer: 'published';
  /** Milliseconds from each PUBLISH to its PUBACK. */
  readonly latencies: readonly number[];
}

export interface Knocked {
  readonly answer: 'knocked';
  /** Milliseconds in which logins were sent. */
  readonly elapsed: number;
  /** How many were answered with each status. */
  readonly statuses: Readonly<Record<string, number>>;
}

export interface Failed {
  readonly answer: 'failed';
  readonly message: string;
}

export type LoadAnswer = Measured | Subscribed | Published | Knocked | Failed;
