import type { Exposition } from '../exposition/exposition.ts';

/** Sends the figures of a node somewhere. */
export interface Sender {
  /** Where to, for a sentence. */
  readonly target: string;
  /** Sends them as they are now. Rejects with the reason when the server is not there. */
  send(exposition: Exposition): Promise<void>;
  close(): Promise<void>;
}
