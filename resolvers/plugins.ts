import { type PluginDeed, whenReady } from '../src/domain.ts';
import type { MutationResolvers, QueryResolvers } from './__generated__/resolvers.ts';
import type { Context } from './context.ts';

export const pluginQueries: Pick<QueryResolvers, 'plugins' | 'plugin' | 'diagnostics'> = {
  plugins: (_, { node }, { domain }) => domain.plugins(node ?? null),
  plugin: (_, { name, node }, { domain }) =>
    whenReady(domain.plugins(node ?? null), (plugins) => plugins.find((plugin) => plugin.name === name) ?? null),
  diagnostics: (_, { node }, { domain }) => domain.diagnostics(node ?? null),
};

interface Change {
  readonly input: { readonly name: string; readonly node?: string | null };
}

const change =
  (deed: PluginDeed) =>
  (_: unknown, { input: { name, node } }: Change, { domain }: Context) =>
    whenReady(domain.changePlugin(name, deed, node ?? null), (plugins) => ({ plugins }));

export const pluginMutations: Pick<MutationResolvers, 'loadPlugin' | 'unloadPlugin' | 'reloadPlugin'> = {
  loadPlugin: change('load'),
  unloadPlugin: change('unload'),
  reloadPlugin: change('reload'),
};
