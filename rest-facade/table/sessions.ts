import { CleanSessionDocument, ListSessionsDocument, LookupSessionDocument } from '../__generated__/operations.ts';
import { done, endpoint, page, type Spelling, value } from '../endpoint.ts';
import { pageOf } from '../request.ts';
import { found } from './connections.ts';

const nodeDown: Spelling = { form: 'uncoded', reason: 'nodedown' };
const notFound: Spelling = { form: 'uncoded', reason: 'not_found' };

export const sessionRows = [
  endpoint({
    name: 'list_sessions',
    method: 'GET',
    path: '/sessions/',
    descr: 'A list of sessions in the cluster',
    operation: ListSessionsDocument,
    variables: pageOf,
    answer: ({ sessions }) => page(sessions),
  }),
  endpoint({
    name: 'lookup_session',
    method: 'GET',
    path: '/sessions/:clientid',
    descr: 'Lookup a session in the cluster',
    operation: LookupSessionDocument,
    variables: ({ path }) => ({ clientId: path.clientid! }),
    answer: ({ session }) => value(found(session)),
  }),
  endpoint({
    name: 'list_node_sessions',
    method: 'GET',
    path: 'nodes/:node/sessions/',
    descr: 'A list of sessions on a node',
    operation: ListSessionsDocument,
    variables: (request) => ({ ...pageOf(request), node: request.path.node! }),
    answer: ({ sessions }) => page(sessions),
    refusals: { NODE_DOWN: nodeDown },
  }),
  endpoint({
    name: 'lookup_node_session',
    method: 'GET',
    path: 'nodes/:node/sessions/:clientid',
    descr: 'Lookup a session on the node',
    operation: LookupSessionDocument,
    variables: ({ path }) => ({ clientId: path.clientid!, node: path.node! }),
    answer: ({ session }) => value(found(session)),
  }),
  endpoint({
    // Spelled so upstream.
    name: 'clean_presisent_session',
    method: 'DELETE',
    path: '/sessions/persistent/:clientid',
    descr: 'Clean a persistent session in the cluster',
    since: 'V3_2',
    operation: CleanSessionDocument,
    variables: ({ path }) => ({ clientId: path.clientid! }),
    answer: () => done,
    refusals: { SESSION_NOT_FOUND: notFound },
  }),
  endpoint({
    name: 'clean_node_presisent_session',
    method: 'DELETE',
    path: 'nodes/:node/sessions/persistent/:clientid',
    descr: 'Clean a persistent session on the node',
    since: 'V3_2',
    operation: CleanSessionDocument,
    variables: ({ path }) => ({ clientId: path.clientid!, node: path.node! }),
    answer: () => done,
    refusals: { SESSION_NOT_FOUND: notFound },
  }),
];
