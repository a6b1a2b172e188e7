import {
  CleanAclCacheDocument,
  KickConnectionDocument,
  ListConnectionsDocument,
  LookupConnectionDocument,
  LookupConnectionsByUsernameDocument,
} from '../__generated__/operations.ts';
import { done, endpoint, page, value } from '../endpoint.ts';
import { pageOf } from '../request.ts';

/** A lookup answers a list of one or none. */
export const found = (row: unknown): unknown[] => (row ? [row] : []);

/** A list that the contract does not page. */
export const WHOLE = 2 ** 31 - 1;

export const connectionRows = [
  endpoint({
    name: 'list_connections',
    method: 'GET',
    path: '/connections/',
    descr: 'A list of connections in the cluster',
    operation: ListConnectionsDocument,
    variables: pageOf,
    answer: ({ connections }) => page(connections),
  }),
  endpoint({
    name: 'list_node_connections',
    method: 'GET',
    path: 'nodes/:node/connections/',
    descr: 'A list of connections on a node',
    operation: ListConnectionsDocument,
    variables: (request) => ({ ...pageOf(request), node: request.path.node! }),
    answer: ({ connections }) => page(connections),
  }),
  endpoint({
    name: 'lookup_connections',
    method: 'GET',
    path: '/connections/:clientid',
    descr: 'Lookup a connection in the cluster',
    operation: LookupConnectionDocument,
    variables: ({ path }) => ({ clientId: path.clientid! }),
    answer: ({ connection }) => value(found(connection)),
  }),
  endpoint({
    name: 'lookup_node_connections',
    method: 'GET',
    path: 'nodes/:node/connections/:clientid',
    descr: 'Lookup a connection on node',
    operation: LookupConnectionDocument,
    variables: ({ path }) => ({ clientId: path.clientid!, node: path.node! }),
    answer: ({ connection }) => value(found(connection)),
  }),
  endpoint({
    name: 'kickout_connection',
    method: 'DELETE',
    path: '/connections/:clientid',
    descr: 'Kick out a connection',
    operation: KickConnectionDocument,
    variables: ({ path }) => ({ clientId: path.clientid! }),
    answer: () => done,
  }),
  endpoint({
    name: 'clean_acl_cache',
    method: 'DELETE',
    path: '/connections/:clientid/acl/:topic',
    descr: 'Clean ACL cache of a connection',
    until: 'V3_0_BETA',
    operation: CleanAclCacheDocument,
    variables: ({ path }) => ({ clientId: path.clientid!, topic: path.topic! }),
    answer: () => done,
    refusals: { CLIENT_NOT_ONLINE: { form: 'bare', reason: 'not_found' } },
  }),
  endpoint({
    name: 'lookup_connection_via_username',
    method: 'GET',
    path: '/connection/username/:username',
    // The labels of the two look-ups by user name are swapped upstream, and end with a space.
    descr: 'Lookup a connection via username on a node ',
    since: 'V3_1',
    operation: LookupConnectionsByUsernameDocument,
    variables: ({ path }) => ({ username: path.username!, limit: WHOLE }),
    answer: ({ connections }) => value(connections.items),
  }),
  endpoint({
    name: 'lookup_node_connection_via_username',
    method: 'GET',
    path: '/nodes/:node/connection/username/:username',
    descr: 'Lookup a connection via username in the cluster ',
    since: 'V3_1',
    operation: LookupConnectionsByUsernameDocument,
    variables: ({ path }) => ({ username: path.username!, limit: WHOLE, node: path.node! }),
    answer: ({ connections }) => value(connections.items),
  }),
];
