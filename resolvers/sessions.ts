import { type SessionFilter, whenReady } from '../src/domain.ts';
import type { MqttSessionResolvers, MutationResolvers, QueryResolvers } from './__generated__/resolvers.ts';
import { listQuery } from './page.ts';

export const sessionQueries: Pick<QueryResolvers, 'sessions' | 'session'> = {
  sessions: (_, args, context) => context.domain.sessions(listQuery<SessionFilter>(args, context)),
  session: (_, { clientId, node }, { domain }) => domain.session(clientId, node ?? null),
};

export const sessionMutations: Pick<MutationResolvers, 'cleanSession'> = {
  cleanSession: (_, { input: { clientId, node } }, { domain }) =>
    whenReady(domain.cleanSession(clientId, node ?? null), () => ({ clientId })),
};

export const MqttSession: Required<Pick<MqttSessionResolvers, 'node' | 'connection' | 'subscriptions'>> = {
  node: ({ nodeName }, _, { domain }) => domain.node(nodeName),
  connection: ({ clientId, nodeName }, _, { domain }) => domain.connection(clientId, nodeName),
  subscriptions: ({ clientId, nodeName }, _, { domain }) => domain.subscriptionsOf(clientId, nodeName),
};
