import { createKeyedDigest } from './keyed-digest.ts';
import type { CredentialKind, Principal } from './principal.ts';

/** Somebody says to be `name`, and gives `secret` for it. */
export interface Claim {
  readonly kind: CredentialKind;
  readonly name: string;
  readonly secret: string;
}

export interface VerdictCache {
  /** Answers the principal when this claim was found true before, else null. */
  recall(claim: Claim): Principal | null;
  /**
   * Answers the principal at once when this claim was found true before. Otherwise answers a promise of `decide`'s
   * verdict; equal claims that come meanwhile share it. Only a true claim is kept.
   */
  settle(claim: Claim, decide: () => Promise<Principal | null>): Principal | Promise<Principal | null>;
  /** Forgets verdicts about this name. A verdict that is under way reaches those who wait for it, and nobody else. */
  forget(kind: CredentialKind, name: string): void;
}

type About = Pick<Claim, 'kind' | 'name'>;

/**
 * Makes a cache of true claims, at most `capacity` of them, the oldest leaving first. No secret is kept: claims are
 * told apart by HMAC-SHA256 under a random key of this cache.
 */
export function createVerdictCache(capacity = 10_000): VerdictCache {
  const keyed = createKeyedDigest();
  const principals = new Map<string, Principal>();
  const flights = new Map<string, About & { readonly verdict: Promise<Principal | null> }>();

  const digest = ({ kind, name, secret }: Claim): string => keyed(kind, name, secret);

  const keep = (key: string, principal: Principal) => {
    principals.set(key, principal);
    const oldest = principals.keys().next();
    if (principals.size > capacity && !oldest.done) principals.delete(oldest.value);
  };

  return {
    recall: (claim) => principals.get(digest(claim)) ?? null,
    settle(claim, decide) {
      const key = digest(claim);
      const known = principals.get(key) ?? flights.get(key)?.verdict;
      if (known !== undefined) return known;

      const land = async () => {
        let principal: Principal | null = null;
        try {
          principal = await decide();
          return principal;
        } finally {
          // A flight that is no longer listed began before its credential changed: its verdict is out of date.
          if (flights.get(key) === flight) {
            flights.delete(key);
            if (principal !== null) keep(key, principal);
          }
        }
      };
      const flight = { kind: claim.kind, name: claim.name, verdict: Promise.resolve().then(land) };
      flights.set(key, flight);
      return flight.verdict;
    },
    forget(kind, name) {
      const isAbout = (about: About) => about.kind === kind && about.name === name;
      for (const [key, principal] of principals) if (isAbout(principal)) principals.delete(key);
      for (const [key, flight] of flights) if (isAbout(flight)) flights.delete(key);
    },
  };
}
