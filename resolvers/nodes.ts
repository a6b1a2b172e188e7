import { whenReady } from '../src/domain.ts';
import type { BrokerNodeResolvers, BrokerResolvers, QueryResolvers } from './__generated__/resolvers.ts';
import { listQuery } from './page.ts';

type Query = 'nodes' | 'node' | 'brokers' | 'broker' | 'listeners' | 'metrics' | 'stats';

const first = <Row>(rows: readonly Row[]): Row | null => rows[0] ?? null;

export const nodeQueries: Pick<QueryResolvers, Query> = {
  nodes: (_, __, { domain }) => domain.nodes(),
  node: (_, { name }, { domain }) => domain.node(name),
  brokers: (_, { node }, { domain }) => domain.brokers(node ?? null),
  broker: (_, { node }, { domain }) =>
    whenReady(domain.brokers(null), (brokers) => brokers.find(({ nodeName }) => nodeName === node) ?? null),
  listeners: (_, { node }, { domain }) => domain.listeners(node ?? null),
  metrics: (_, { node }, { domain }) => domain.metrics(node ?? null),
  stats: (_, { node }, { domain }) => domain.stats(node ?? null),
};

export const BrokerNode: Required<
  Pick<BrokerNodeResolvers, 'broker' | 'metrics' | 'stats' | 'listeners' | 'connections'>
> = {
  broker: ({ name }, _, { domain }) => whenReady(domain.brokers(name), first),
  metrics: ({ name }, _, { domain }) => whenReady(domain.metrics(name), first),
  stats: ({ name }, _, { domain }) => whenReady(domain.stats(name), first),
  listeners: ({ name }, _, { domain }) => domain.listeners(name),
  connections: ({ name }, args, context) => context.domain.connections(listQuery({ ...args, node: name }, context)),
};

export const Broker: Required<Pick<BrokerResolvers, 'node'>> = {
  node: ({ nodeName }, _, { domain }) => domain.node(nodeName),
};
