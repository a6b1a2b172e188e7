import {
  GetBrokerDocument,
  type GetBrokerQuery,
  GetNodeDocument,
  type GetNodeQuery,
  ListBrokersDocument,
  ListListenersDocument,
  ListNodesDocument,
} from '../__generated__/operations.ts';
import { absent, endpoint, value } from '../endpoint.ts';
import { memoryText, releaseText } from '../texts.ts';

/** Node.js in the place of Erlang/OTP. */
const withRelease = <Row extends NonNullable<GetBrokerQuery['broker'] | GetNodeQuery['node']>>(row: Row): Row => ({
  ...row,
  otp_release: releaseText(row.otp_release),
});

export const brokerRows = [
  endpoint({
    name: 'list_brokers',
    method: 'GET',
    path: '/brokers/',
    descr: 'A list of brokers in the cluster',
    operation: ListBrokersDocument,
    variables: () => ({}),
    answer: ({ brokers }) => value(brokers.map(withRelease)),
  }),
  endpoint({
    name: 'get_broker',
    method: 'GET',
    path: '/brokers/:node',
    descr: 'Get broker info of a node',
    operation: GetBrokerDocument,
    variables: ({ path }) => ({ node: path.node! }),
    answer: ({ broker }) => (broker ? value(withRelease(broker)) : absent),
  }),
];

export const nodeRows = [
  endpoint({
    name: 'list_nodes',
    method: 'GET',
    path: '/nodes/',
    descr: 'A list of nodes in the cluster',
    operation: ListNodesDocument,
    variables: () => ({}),
    // The list prints memory as text, the single node as bytes.
    answer: ({ nodes }) =>
      value(
        nodes.map((node) => ({
          ...withRelease(node),
          memory_total: memoryText(node.memory_total),
          memory_used: memoryText(node.memory_used),
        })),
      ),
  }),
  endpoint({
    name: 'get_node',
    method: 'GET',
    path: '/nodes/:node',
    descr: 'Lookup a node in the cluster',
    operation: GetNodeDocument,
    variables: ({ path }) => ({ node: path.node! }),
    answer: ({ node }) => (node ? value(withRelease(node)) : absent),
  }),
];

export const listenerRows = [
  endpoint({
    name: 'list_listeners',
    method: 'GET',
    path: '/listeners/',
    descr: 'A list of listeners in the cluster',
    operation: ListListenersDocument,
    variables: () => ({}),
    answer: ({ listeners }) => value(byNode('listeners', listeners)),
  }),
  endpoint({
    name: 'list_node_listeners',
    method: 'GET',
    path: '/nodes/:node/listeners',
    descr: 'A list of listeners on the node',
    operation: ListListenersDocument,
    variables: ({ path }) => ({ node: path.node! }),
    answer: ({ listeners }) => value(listeners.map(withoutNode)),
  }),
];

/** The row without the node that it stands under. */
export function withoutNode<Row extends { readonly node: string }>({ node: _, ...row }: Row): Omit<Row, 'node'> {
  return row;
}

/** An entry for each node with its rows under `key`. */
export function byNode<Row extends { readonly node: string }>(key: string, rows: readonly Row[]) {
  const names = [...new Set(rows.map(({ node }) => node))];
  return names.map((node) => ({ node, [key]: rows.filter((row) => row.node === node).map(withoutNode) }));
}
