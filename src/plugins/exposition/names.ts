import type { Metrics, Stats } from '../../domain.ts';

/** What every name of the broker begins with. */
export const PREFIX = 'brokerql_';

const snake = (words: string): string => words.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Units stand behind what is counted. */
const NAMED: Partial<Record<keyof Metrics, string>> = {
  bytesReceived: 'received_bytes',
  bytesSent: 'sent_bytes',
};

/** The counter of a field of `Metrics`: `packetsConnectReceived` is `brokerql_packets_connect_received_total`. */
export const counterName = (field: keyof Metrics): string => `${PREFIX}${NAMED[field] ?? snake(field)}_total`;

/** The gauge of a field of `Stats`: `connectionsCount` is `brokerql_connections`, its peak `brokerql_connections_max`. */
export const gaugeName = (field: keyof Stats): string => PREFIX + snake(field).replace(/_count$/, '');
