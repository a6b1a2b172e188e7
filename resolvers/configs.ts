import { type ConfigChange, type ConfigItem, type MaybePromise, whenReady } from '../src/domain.ts';
import type { MutationResolvers, QueryResolvers } from './__generated__/resolvers.ts';
import type { Context } from './context.ts';
import { atMost } from './page.ts';

export const configQueries: Pick<QueryResolvers, 'configs'> = {
  configs: (_, { app, key, node }, { domain }) => domain.configs({ app, key }, node ?? null),
};

const change = (
  wanted: ConfigChange,
  node: string | null | undefined,
  { domain, caller }: Context,
): MaybePromise<{ readonly configs: readonly ConfigItem[] }> =>
  whenReady(domain.changeConfigs(wanted, node ?? null, caller.principal?.name ?? null), (configs) => ({ configs }));

export const configMutations: Pick<MutationResolvers, 'setConfig' | 'replaceConfigs' | 'resetConfig'> = {
  setConfig: (_, { input: { app, key, value, node } }, context) =>
    change({ app, set: [{ key, value }] }, node, context),
  replaceConfigs: (_, { input: { app, values, node } }, context) =>
    change({ app, replace: atMost('values', values, context) }, node, context),
  resetConfig: (_, { input: { app, key, node } }, context) => change({ app, reset: [key] }, node, context),
};
