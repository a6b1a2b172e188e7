import type { ConnectionFilter } from '../domain.ts';
import type { BrokerError } from '../refusals.ts';
import type { Restriction } from './restriction.ts';

/** What a ban goes by. */
export type BanKind = 'CLIENT_ID' | 'USERNAME' | 'IP_ADDRESS';

/** Names one ban: `who` is a client id, a user name, or an address or a range of them. */
export interface BanKey {
  readonly as: BanKind;
  readonly who: string;
}

/** What somebody says of a ban. */
export interface BanDetails {
  readonly reason: string | null;
  /** Who bans. */
  readonly by: string | null;
  readonly desc: string | null;
  /** When the ban ends by itself; null is never. */
  readonly until: number | null;
}

export type NewBan = BanKey & BanDetails;

/** Clients that may not come in. */
export interface Ban extends BanKey, BanDetails {
  readonly createdAt: number;
}

/** Who would be banned: those whom a ban concerns, or connections that match. */
export type BanTarget = { readonly ban: BanKey } | { readonly filter: ConnectionFilter };

/** Bans that a node keeps now. */
export interface KeptBans {
  readonly bans: readonly Ban[];
  /** Connections of this node that they ended. */
  readonly disconnectedCount: number;
}

/** What became of bans, in the order in which they were given. */
export interface BanReport {
  readonly results: readonly (Ban | BrokerError)[];
  readonly disconnectedCount: number;
}

/** What became of a ban of all connections that match. */
export interface BanConnectionsReport {
  readonly bannedCount: number;
  readonly disconnectedCount: number;
  /** False when the search for the clients ended at its budget, and some may have been missed. */
  readonly isComplete: boolean;
  /** Clients that were not banned, at most 1000 of them. */
  readonly faults: readonly { readonly clientId: string; readonly fault: BrokerError }[];
}

/** What became of the bans that match. */
export interface DeleteBansReport {
  readonly deletedCount: number;
  /** False when the search for them ended at its budget, and some may have been missed. */
  readonly isComplete: boolean;
}

export type BanFilter = Restriction<{
  as: BanKind;
  who: string;
  whoPrefix: string;
  whoContains: string;
  by: string;
  reason: string;
}>;
