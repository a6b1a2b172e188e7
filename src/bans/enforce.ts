import { defaultPace, scan } from '../broker/listing/scan.ts';
import type { LiveConnection } from '../broker/live-connection.ts';
import type { MqttBroker } from '../broker/mqtt-broker.ts';
import type { Ban } from '../domain.ts';
import { BanTable } from './ban-table.ts';
import type { Bans } from './bans.ts';

/** Slices as those of a search, but to the end. */
const PACE = { ...defaultPace, budget: Number.POSITIVE_INFINITY };

/**
 * Makes bans end the connections of those whom they concern, while `mqtt.ban_disconnects` is on. Their wills are
 * published, and their sessions stay as they would after any other end.
 */
export function endBanned(
  bans: Bans,
  broker: MqttBroker,
  limits: { readonly banDisconnects: 'off' | 'on' },
): (kept: readonly Ban[]) => Promise<number> {
  return async (kept) => {
    if (limits.banDisconnects === 'off') return 0;
    const fresh = new BanTable();
    for (const ban of kept) fresh.set(ban);
    const ends: Promise<void>[] = [];
    const visit = (connection: LiveConnection | null): void => {
      if (connection === null || connection.endReason !== null) return;
      // The second look knows of addresses that are exempt.
      if (fresh.match(connection, 0) === null || bans.match(connection) === null) return;
      ends.push(connection.end('banned'));
    };
    await scan(candidates(fresh, kept, broker), visit, PACE);
    await Promise.all(ends);
    return ends.length;
  };
}

/** Connections that bans may concern: all of them only where a range is among the bans. */
function* candidates(
  fresh: BanTable,
  kept: readonly Ban[],
  { registry }: MqttBroker,
): Generator<LiveConnection | null, void> {
  if (fresh.hasRanges) {
    for (const { connection } of registry.sessionsById.values()) yield connection;
    return;
  }
  for (const { as, who } of kept) {
    if (as === 'CLIENT_ID') yield registry.sessionsById.get(who)?.connection ?? null;
    else yield* registry.connectionsOf(as === 'USERNAME' ? 'username' : 'ipAddress', who);
  }
}
