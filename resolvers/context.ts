import type { Access, Domain, Principal } from '../src/domain.ts';

/** Who calls, and how. */
export interface Caller {
  /** Null where nobody signed in: only what is open to everybody answers then. */
  readonly principal: Principal | null;
  /** The address that the call came from, behind the proxies that are trusted. */
  readonly address: string;
  readonly userAgent: string | null;
  readonly via: 'REST' | 'GRAPHQL' | 'DASHBOARD';
  /** Sets the cookie of the caller, or clears it; null where no answer can carry one. */
  readonly setSignInToken: ((token: string | null) => void) | null;
}

/** What every resolver gets: the domain, who may come in, who calls, and how much one request may ask for. */
export interface Context {
  readonly domain: Domain;
  readonly access: Access;
  readonly caller: Caller;
  readonly limits: {
    /** Most rows of a page. */
    readonly page: number;
    /** Most items of a list in an input. */
    readonly items: number;
  };
}
