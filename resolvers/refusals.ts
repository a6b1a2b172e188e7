import type { RefusalFilter } from '../src/domain.ts';
import type { QueryResolvers } from './__generated__/resolvers.ts';
import { listQuery } from './page.ts';

export const refusalQueries: Pick<QueryResolvers, 'clientRefusals' | 'recentRefusals'> = {
  clientRefusals: (_, { clientId, node }, { domain }) => domain.clientRefusals(clientId, node ?? null),
  recentRefusals: (_, args, context) => context.domain.recentRefusals(listQuery<RefusalFilter>(args, context)),
};
