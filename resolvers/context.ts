import type { Domain } from '../src/domain.ts';

/** What every resolver gets: the domain, and how much one request may ask for. */
export interface Context {
  readonly domain: Domain;
  readonly limits: {
    /** Most rows of a page. */
    readonly page: number;
    /** Most items of a list in an input. */
    readonly items: number;
  };
}
