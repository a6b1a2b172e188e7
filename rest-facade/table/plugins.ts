import {
  ListPluginsDocument,
  LoadPluginDocument,
  ReloadPluginDocument,
  UnloadPluginDocument,
} from '../__generated__/operations.ts';
import { type Answer, done, type Endpoint, endpoint, type Spelling, value } from '../endpoint.ts';
import type { Span } from '../releases.ts';
import { byNode, withoutNode } from './nodes.ts';

/** What cannot be unloaded; the reference unloads it, and whoever asked is cut off. */
const told: Spelling = { form: 'told', number: 102 };

/** As the reference's documents have it; since 3.1 its programs name what was started. */
const loadRow = (name: string, span: Span, answer: (plugins: readonly { readonly name: string }[]) => Answer) =>
  endpoint({
    name,
    method: 'PUT',
    path: '/nodes/:node/plugins/:plugin/load',
    descr: 'Load a plugin',
    ...span,
    operation: LoadPluginDocument,
    variables: ({ path }) => ({ name: path.plugin!, node: path.node! }),
    answer: ({ loadPlugin: { plugins } }) => answer(plugins),
  });

const started = (plugins: readonly { readonly name: string }[]): Answer => value(plugins.map(({ name }) => name));

const unloadRow = (name: string, span: Span) =>
  endpoint({
    name,
    method: 'PUT',
    path: '/nodes/:node/plugins/:plugin/unload',
    descr: 'Unload a plugin',
    ...span,
    operation: UnloadPluginDocument,
    variables: ({ path }) => ({ name: path.plugin!, node: path.node! }),
    answer: () => done,
    refusals: { PROTECTED: told },
  });

const reloadRow = (name: string, span: Span) =>
  endpoint({
    name,
    method: 'PUT',
    path: '/nodes/:node/plugins/:plugin/reload',
    descr: 'Reload a plugin',
    ...span,
    operation: ReloadPluginDocument,
    variables: ({ path }) => ({ name: path.plugin!, node: path.node! }),
    answer: () => done,
  });

/** In 3.2 the names without `node` are those of the rows for the whole cluster. */
export const pluginRows: readonly Endpoint[] = [
  endpoint({
    name: 'list_all_plugins',
    method: 'GET',
    path: '/plugins/',
    descr: 'List all plugins in the cluster',
    operation: ListPluginsDocument,
    variables: () => ({}),
    answer: ({ plugins }) => value(byNode('plugins', plugins)),
  }),
  endpoint({
    name: 'list_node_plugins',
    method: 'GET',
    path: '/nodes/:node/plugins/',
    descr: 'List all plugins on a node',
    operation: ListPluginsDocument,
    variables: ({ path }) => ({ node: path.node! }),
    answer: ({ plugins }) => value(plugins.map(withoutNode)),
  }),
  loadRow('load_plugin', { until: 'V3_0' }, () => done),
  loadRow('load_plugin', { since: 'V3_1', until: 'V3_1' }, started),
  loadRow('load_node_plugin', { since: 'V3_2' }, started),
  unloadRow('unload_plugin', { until: 'V3_1' }),
  unloadRow('unload_node_plugin', { since: 'V3_2' }),
  reloadRow('reload_plugin', { since: 'V3_1', until: 'V3_1' }),
  reloadRow('reload_node_plugin', { since: 'V3_2' }),
  endpoint({
    name: 'unload_plugin',
    method: 'PUT',
    path: '/plugins/:plugin/unload',
    descr: 'Unload a plugin in the cluster',
    since: 'V3_2',
    operation: UnloadPluginDocument,
    variables: ({ path }) => ({ name: path.plugin! }),
    answer: () => done,
    refusals: { PROTECTED: told },
  }),
  endpoint({
    name: 'reload_plugin',
    method: 'PUT',
    path: '/plugins/:plugin/reload',
    descr: 'Reload a plugin in the cluster',
    since: 'V3_2',
    operation: ReloadPluginDocument,
    variables: ({ path }) => ({ name: path.plugin! }),
    answer: () => done,
  }),
];
