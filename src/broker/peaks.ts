type Name =
  | 'connections'
  | 'sessions'
  | 'persistentSessions'
  | 'subscriptions'
  | 'sharedSubscriptions'
  | 'routes'
  | 'retained';

/** The highest figure of each gauge since the node started. */
export class Peaks {
  readonly #highest: Record<Name, number> = {
    connections: 0,
    sessions: 0,
    persistentSessions: 0,
    subscriptions: 0,
    sharedSubscriptions: 0,
    routes: 0,
    retained: 0,
  };

  note(name: Name, value: number): void {
    if (value > this.#highest[name]) this.#highest[name] = value;
  }

  of(name: Name): number {
    return this.#highest[name];
  }
}
