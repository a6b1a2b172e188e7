import { type BanKey, BrokerError, shown } from '../domain.ts';
import { type AddressRange, doOverlap, isWithin, parseRange } from '../net/address-range.ts';

/** Addresses that nobody bans by accident. */
export interface Exemption {
  /** Whether no ban of an address concerns this one, which is in its one spelling. */
  has(address: string): boolean;
  /** Why a ban must not be: it would concern an exempt address, or that of who asks. Null when it may be. */
  refuse(key: BanKey, caller: string | null): BrokerError | null;
}

export interface ExemptAddresses {
  readonly proxies: readonly string[];
  /** Read whenever it is needed. */
  readonly limits: { readonly banExempt: readonly string[] };
}

/** Exempts trusted proxies and the addresses of `mqtt.ban_exempt`. */
export function createExemption({ proxies, limits }: ExemptAddresses): Exemption {
  const rangesOf = (entries: readonly string[]): AddressRange[] =>
    entries.map((entry) => parseRange(entry.trim())).filter((range) => range !== null);
  const trusted = rangesOf(proxies);
  let listed = { entries: limits.banExempt, ranges: rangesOf(limits.banExempt) };
  const exempt = (): AddressRange[] => {
    if (listed.entries !== limits.banExempt) {
      listed = { entries: limits.banExempt, ranges: rangesOf(limits.banExempt) };
    }
    return listed.ranges;
  };

  const refusal = (who: string, why: string): BrokerError =>
    new BrokerError('PROTECTED', `'${shown(who)}' cannot be banned: ${why}`, { argument: 'who', value: shown(who) });

  return {
    has: (address) => [...trusted, ...exempt()].some((range) => isWithin(address, range)),
    refuse({ as, who }, caller) {
      const range = as === 'IP_ADDRESS' ? parseRange(who) : null;
      if (range === null) return null;
      const own = caller === null ? null : parseRange(caller);
      if (own && doOverlap(own, range)) return refusal(who, `it is your own address, ${own.text}`);
      const proxy = trusted.find((each) => doOverlap(each, range));
      if (proxy) return refusal(who, `a trusted proxy is there, ${proxy.text}`);
      const other = exempt().find((each) => doOverlap(each, range));
      return other ? refusal(who, `${other.text} is exempt by mqtt.ban_exempt`) : null;
    },
  };
}

/** Exempts nobody. */
export const nobodyExempt: Exemption = { has: () => false, refuse: () => null };
