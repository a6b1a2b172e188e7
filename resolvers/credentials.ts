import type { CredentialFilter } from '../src/domain.ts';
import type { MutationResolvers, QueryResolvers } from './__generated__/resolvers.ts';
import { listQuery } from './page.ts';

export const credentialQueries: Pick<QueryResolvers, 'credentials' | 'credential'> = {
  credentials: (_, { kind, ...args }, context) =>
    context.domain.credentials(kind, listQuery<CredentialFilter>(args, context)),
  credential: (_, { kind, name }, { domain }) => domain.credential(kind, name),
};

type Mutation = 'createCredential' | 'updateCredential' | 'deleteCredential';

export const credentialMutations: Pick<MutationResolvers, Mutation> = {
  createCredential: async (_, { input: { kind, name, password } }, { domain }) => ({
    credential: await domain.createCredential(kind, name, password),
  }),
  updateCredential: async (_, { input: { kind, name, password } }, { domain }) => ({
    credential: await domain.updateCredential(kind, name, password),
  }),
  deleteCredential: async (_, { input: { kind, name } }, { domain }) => ({
    name,
    existed: await domain.deleteCredential(kind, name),
  }),
};
