import { allReady, badInput, type ConnectionFilter, type Target, whenReady } from '../src/domain.ts';
import type {
  MqttConnectionResolvers,
  MutationResolvers,
  QueryResolvers,
  TargetInput,
} from './__generated__/resolvers.ts';
import type { Context } from './context.ts';
import { fault } from './fault.ts';
import { atMost, listQuery } from './page.ts';

type Query = 'connections' | 'connection' | 'connectionsByClientId';
type Mutation = 'kickConnection' | 'kickConnections' | 'cleanAclCache';

export const connectionQueries: Pick<QueryResolvers, Query> = {
  connections: (_, args, context) => context.domain.connections(listQuery<ConnectionFilter>(args, context)),
  connection: (_, { clientId, node }, { domain }) => domain.connection(clientId, node ?? null),
  connectionsByClientId: (_, { clientIds }, context) =>
    allReady(atMost('clientIds', clientIds, context).map((clientId) => context.domain.connection(clientId, null))),
};

function target(input: TargetInput, context: Context): Target {
  if (input.clientId != null) return { clientIds: [input.clientId] };
  if (input.clientIds != null) return { clientIds: atMost('clientIds', input.clientIds, context) };
  if (input.filter != null) return { filter: input.filter };
  throw badInput('target', input, 'one of clientId, clientIds, filter');
}

export const connectionMutations: Pick<MutationResolvers, Mutation> = {
  kickConnection: (_, { input: { clientId } }, { domain }) => whenReady(domain.kick(clientId), () => ({ clientId })),
  kickConnections: (_, { input }, context) =>
    whenReady(context.domain.kickMany(target(input.target, context)), ({ faults, ...report }) => ({
      ...report,
      faults: faults.map((one) => ({ clientId: one.clientId, fault: fault(one.fault) })),
    })),
  cleanAclCache: (_, { input: { clientId, topic } }, { domain }) =>
    whenReady(domain.cleanAclCache(clientId, topic), () => ({ clientId })),
};

export const MqttConnection: Required<Pick<MqttConnectionResolvers, 'node' | 'session' | 'subscriptions'>> = {
  node: ({ nodeName }, _, { domain }) => domain.node(nodeName),
  session: ({ clientId, nodeName }, _, { domain }) => domain.session(clientId, nodeName),
  subscriptions: ({ clientId, nodeName }, _, { domain }) => domain.subscriptionsOf(clientId, nodeName),
};
