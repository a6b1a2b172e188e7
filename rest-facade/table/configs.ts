import {
  ListConfigsDocument,
  ListPluginConfigsDocument,
  UpdateConfigDocument,
  UpdatePluginConfigsDocument,
} from '../__generated__/operations.ts';
import { done, endpoint, type Spelling, value } from '../endpoint.ts';
import { mustBe, objectOf, RequestError, type RestRequest, secretOf, shown } from '../request.ts';
import { withoutNode } from './nodes.ts';

const told: Spelling = { form: 'told', number: 102 };
const refusals = { BAD_USER_INPUT: told, LIMIT_EXCEEDED: told, PROTECTED: told };

/** Both have to be text; what is no text may be a secret that was sent the wrong way. */
function changeOf({ path, parameter }: RestRequest) {
  const key = parameter('key');
  if (typeof key !== 'string') throw mustBe('key', 'a string', key);
  if (parameter('value') === undefined) throw new RequestError('value is missing');
  return { app: path.app!, key, value: secretOf(parameter, 'value') };
}

/** The whole body: each key with its value as text. */
function valuesOf({ body }: RestRequest): { key: string; value: string }[] {
  const values = objectOf(body, 'the body');
  return Object.entries(values).map(([key, given]) => ({
    key,
    value: secretOf(() => given, `the value of ${shown(key)}`),
  }));
}

export const configRows = [
  endpoint({
    name: 'get_all_configs',
    method: 'GET',
    path: '/configs/',
    descr: 'Get all configs',
    operation: ListConfigsDocument,
    variables: () => ({}),
    answer: ({ configs }) => {
      const names = [...new Set(configs.map(({ node }) => node))];
      const own = (name: string) => configs.filter(({ node }) => node === name).map(withoutNode);
      return value(names.map((node) => ({ node, config: own(node) })));
    },
  }),
  endpoint({
    // Registered under the name of the row before it.
    name: 'get_all_configs',
    method: 'GET',
    path: '/nodes/:node/configs/',
    descr: 'Get all configs of a node',
    operation: ListConfigsDocument,
    variables: ({ path }) => ({ node: path.node! }),
    answer: ({ configs }) => value(configs.map(withoutNode)),
  }),
  endpoint({
    name: 'update_config',
    method: 'PUT',
    path: '/configs/:app',
    descr: 'Update config of an application in the cluster',
    operation: UpdateConfigDocument,
    variables: changeOf,
    answer: () => done,
    refusals,
  }),
  endpoint({
    name: 'update_node_config',
    method: 'PUT',
    path: '/nodes/:node/configs/:app',
    descr: 'Update config of an application on a node',
    operation: UpdateConfigDocument,
    variables: (request) => ({ ...changeOf(request), node: request.path.node! }),
    answer: () => done,
    refusals,
  }),
  endpoint({
    name: 'get_plugin_configs',
    method: 'GET',
    path: '/nodes/:node/plugin_configs/:plugin',
    descr: 'Get configurations of a plugin on the node',
    operation: ListPluginConfigsDocument,
    variables: ({ path }) => ({ app: path.plugin!, node: path.node! }),
    answer: ({ configs }) => value(configs),
  }),
  endpoint({
    name: 'update_plugin_configs',
    method: 'PUT',
    path: '/nodes/:node/plugin_configs/:plugin',
    descr: 'Update configurations of a plugin on the node',
    operation: UpdatePluginConfigsDocument,
    variables: (request) => ({ app: request.path.plugin!, values: valuesOf(request), node: request.path.node! }),
    answer: () => done,
    refusals,
  }),
];
