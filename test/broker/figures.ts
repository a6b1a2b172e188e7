import type { Connection, Metrics, Session, Stats } from '../../src/domain.ts';
import { eventually, type TestGateway } from '../support/gateway.ts';

const PAGE = { page: 1, limit: 10_000, after: null };

export async function metricsOf({ gateway }: TestGateway): Promise<Metrics> {
  const [row] = await gateway.domain.metrics(null);
  return row!;
}

export async function statsOf({ gateway }: TestGateway): Promise<Stats> {
  const [row] = await gateway.domain.stats(null);
  return row!;
}

export const connectionOf = async ({ gateway }: TestGateway, clientId: string): Promise<Connection | null> =>
  gateway.domain.connection(clientId, null);

export const sessionOf = async ({ gateway }: TestGateway, clientId: string): Promise<Session | null> =>
  gateway.domain.session(clientId, null);

/** `filter@qos` of each subscription that is listed for a client, oldest first. */
export async function subscriptionsOf({ gateway }: TestGateway, clientId: string): Promise<string[]> {
  const rows = await gateway.domain.subscriptionsOf(clientId, null);
  return rows.map(({ topicFilter, qos }) => `${topicFilter}@${qos}`);
}

export async function routesOf({ gateway }: TestGateway): Promise<string[]> {
  const { items } = await gateway.domain.routes({ page: PAGE, filter: {}, node: null });
  return items.map(({ topicFilter }) => topicFilter);
}

export async function clientIdsOf({ gateway }: TestGateway): Promise<string[]> {
  const { items } = await gateway.domain.connections({ page: PAGE, filter: {}, node: null });
  return items.map(({ clientId }) => clientId);
}

/** Why connections of a listener ended → how many. */
export async function shutdownCountOf(
  { gateway }: TestGateway,
  protocol = 'mqtt:tcp',
): Promise<Readonly<Record<string, number>>> {
  const listeners = await gateway.domain.listeners(null);
  return { ...listeners.find((listener) => listener.protocol === protocol)!.shutdownCount };
}

/** The figures that grew from one reading to a later one, and by how much. */
export function growth<Row extends object>(before: Row, after: Row): Record<string, number> {
  const earlier = Object.entries(before);
  const grown = earlier.map(([name, value]) => [name, Number(after[name as keyof Row]) - value] as const);
  return Object.fromEntries(grown.filter(([, by]) => by !== 0 && !Number.isNaN(by)));
}

export const isOffline = (gateway: TestGateway, clientId: string): Promise<void> =>
  eventually(async () => (await connectionOf(gateway, clientId)) === null, `the end of '${clientId}'`);
