import type { Running } from './running.ts';

/** A broker that can be started as often as one likes. */
export interface Broker {
  readonly name: string;
  /** Starts it with this folder for what it keeps; it finds there what an earlier run has left. */
  start(folder: string): Promise<Running>;
}
