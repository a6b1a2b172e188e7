import { ListMetricsDocument, ListStatsDocument } from '../__generated__/operations.ts';
import { absent, endpoint, value } from '../endpoint.ts';
import { withoutNode } from './nodes.ts';

export const metricsRows = [
  endpoint({
    name: 'list_all_metrics',
    method: 'GET',
    path: '/metrics/',
    descr: 'A list of metrics of all nodes in the cluster',
    operation: ListMetricsDocument,
    variables: () => ({}),
    answer: ({ metrics }) => value(metrics.map((row) => ({ node: row.node, metrics: withoutNode(row) }))),
  }),
  endpoint({
    name: 'list_node_metrics',
    method: 'GET',
    path: '/nodes/:node/metrics/',
    descr: 'A list of metrics of a node',
    operation: ListMetricsDocument,
    variables: ({ path }) => ({ node: path.node! }),
    answer: ({ metrics: [row] }) => (row ? value(withoutNode(row)) : absent),
    refusals: { NODE_DOWN: { form: 'uncoded', reason: 'nodedown' } },
  }),
];

export const statsRows = [
  endpoint({
    name: 'list_stats',
    method: 'GET',
    path: '/stats/',
    descr: 'A list of stats of all nodes in the cluster',
    operation: ListStatsDocument,
    variables: () => ({}),
    answer: ({ stats }) => value(stats),
  }),
  endpoint({
    name: 'lookup_node_stats',
    method: 'GET',
    path: '/nodes/:node/stats/',
    descr: 'A list of stats of a node',
    operation: ListStatsDocument,
    variables: ({ path }) => ({ node: path.node! }),
    answer: ({ stats: [row] }) => (row ? value(withoutNode(row)) : absent),
    refusals: { NODE_DOWN: { form: 'uncoded', reason: 'nodedown' } },
  }),
];
