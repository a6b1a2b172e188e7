import type { RouteFilter } from '../src/domain.ts';
import type { QueryResolvers, RouteResolvers } from './__generated__/resolvers.ts';
import { listQuery } from './page.ts';

export const routeQueries: Pick<QueryResolvers, 'routes'> = {
  routes: (_, args, context) => context.domain.routes(listQuery<RouteFilter>(args, context)),
};

export const Route: Required<Pick<RouteResolvers, 'subscriptions'>> = {
  subscriptions: ({ topicFilter, nodeName }, { page }, context) =>
    context.domain.subscriptions(listQuery({ page: page ?? null, filter: { topicFilter }, node: nodeName }, context)),
};
