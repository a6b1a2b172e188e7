import {
  ListRoutesDocument,
  ListSubscriptionsDocument,
  LookupRoutesDocument,
  LookupSubscriptionsDocument,
} from '../__generated__/operations.ts';
import { endpoint, page, value } from '../endpoint.ts';
import { pageOf } from '../request.ts';
import { WHOLE } from './connections.ts';

export const subscriptionRows = [
  endpoint({
    name: 'list_subscriptions',
    method: 'GET',
    path: '/subscriptions/',
    descr: 'A list of subscriptions in the cluster',
    operation: ListSubscriptionsDocument,
    variables: pageOf,
    answer: ({ subscriptions }) => page(subscriptions),
  }),
  endpoint({
    name: 'lookup_client_subscriptions',
    method: 'GET',
    path: '/subscriptions/:clientid',
    descr: 'A list of subscriptions of a client',
    operation: LookupSubscriptionsDocument,
    variables: ({ path }) => ({ clientId: path.clientid! }),
    answer: ({ subscriptionsByClientId }) => value(subscriptionsByClientId),
  }),
  endpoint({
    name: 'list_node_subscriptions',
    method: 'GET',
    path: '/nodes/:node/subscriptions/',
    descr: 'A list of subscriptions on a node',
    operation: ListSubscriptionsDocument,
    variables: (request) => ({ ...pageOf(request), node: request.path.node! }),
    answer: ({ subscriptions }) => page(subscriptions),
    refusals: { NODE_DOWN: { form: 'uncoded', reason: 'nodedown' } },
  }),
  endpoint({
    name: 'lookup_client_subscriptions_with_node',
    method: 'GET',
    path: '/nodes/:node/subscriptions/:clientid',
    descr: 'A list of subscriptions of a client on the node',
    operation: LookupSubscriptionsDocument,
    variables: ({ path }) => ({ clientId: path.clientid!, node: path.node! }),
    answer: ({ subscriptionsByClientId }) => value(subscriptionsByClientId),
  }),
];

export const routeRows = [
  endpoint({
    name: 'list_routes',
    method: 'GET',
    path: '/routes/',
    descr: 'List routes',
    operation: ListRoutesDocument,
    variables: pageOf,
    answer: ({ routes }) => page(routes),
  }),
  endpoint({
    name: 'lookup_routes',
    method: 'GET',
    path: '/routes/:topic',
    descr: 'Lookup routes to a topic',
    operation: LookupRoutesDocument,
    variables: ({ path }) => ({ topic: path.topic!, limit: WHOLE }),
    answer: ({ routes }) => value(routes.items),
  }),
];
