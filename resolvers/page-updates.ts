import type { GraphQLResolveInfo } from 'graphql';
import {
  badInput,
  type Connection,
  type ConnectionFilter,
  type ListQuery,
  type Session,
  type SessionFilter,
  type Subscription,
  type SubscriptionFilter,
} from '../src/domain.ts';
import type {
  ConnectionColumn,
  OrderDirection,
  PageInput,
  Resolvers,
  SessionColumn,
  SubscriptionColumn,
  SubscriptionResolvers,
} from './__generated__/resolvers.ts';
import type { Context } from './context.ts';
import { LiveSource, live } from './live-source.ts';
import { chargeLooks, checkInterval, lookEvery, makeInTurn } from './looks.ts';
import { type Columns, type OrderedPage, orderedPage, type Prefixed } from './ordered-page.ts';
import { listQuery } from './page.ts';
import { PageDifferences, type Patch, type Snapshot } from './page-differences.ts';
import { selectedFields } from './selected-fields.ts';

/** Rows of a page that is followed. */
const MOST_ROWS = 1000;

/** What the resolvers of a row look at to find what it leads to. */
const LOOKED_AT = ['clientId', 'nodeName'];

/** What a column of an order is called in a row. */
type Names<Row, Column extends string> = { readonly [K in Column]: keyof Row };

const columnValue =
  <Row, Column extends string>(names: Names<Row, Column>) =>
  (row: Row, column: Column): string | number | null =>
    row[names[column]] as string | number | null;

interface Arguments<Filter, Column extends string> {
  readonly page?: PageInput | null;
  readonly filter?: Filter | null;
  readonly node?: string | null;
  readonly orderBy: { readonly column: Column; readonly direction?: OrderDirection };
  readonly intervalMs: number;
}

/**
 * A page of a table as it changes: looked at every `intervalMs`, once for all who look at the same one as often, and told
 * to each document as what is other than before.
 */
function pageUpdates<Row extends object, Filter extends Prefixed, Column extends string>(
  keyOf: (row: Row) => string,
  columnsOf: (context: Context) => Columns<Row, Filter, Column>,
) {
  return live((_: unknown, args: Arguments<Filter, Column>, context: Context, info: GraphQLResolveInfo) => {
    checkInterval(args.intervalMs);
    const { limits } = context;
    const query: ListQuery<Filter> = listQuery<Filter>(args, { ...context, limits: { ...limits, page: MOST_ROWS } });
    if (query.page.after !== null)
      throw badInput('after', query.page.after, 'absent: a page that changes has a number');
    const columns = columnsOf(context);
    const order = { by: args.orderBy.column, direction: args.orderBy.direction ?? 'ASC' };
    const differences = new PageDifferences<Row>(keyOf, new Set([...selectedFields(info), ...LOOKED_AT]));
    return new LiveSource<Snapshot<Row> | Patch<Row>, OrderedPage<Row>>({
      kind: 'patches',
      key: `${info.fieldName} ${JSON.stringify([query, order, args.intervalMs])}`,
      begin: () => (differences.snapshot ? [differences.snapshot] : []),
      open: (sink) => lookEvery(args.intervalMs, () => orderedPage(columns, query, order), sink),
      through: (open) => makeInTurn(open, (page) => differences.next(page)),
      onExecuted: chargeLooks,
    });
  });
}

const connectionColumns: Names<Connection, ConnectionColumn> = {
  CLIENT_ID: 'clientId',
  CONNECTED_AT: 'connectedAt',
  USERNAME: 'username',
  IP_ADDRESS: 'ipAddress',
  KEEPALIVE: 'keepalive',
  BYTES_RECEIVED: 'bytesReceived',
  BYTES_SENT: 'bytesSent',
  MESSAGES_RECEIVED: 'messagesReceived',
  MESSAGES_SENT: 'messagesSent',
};

const sessionColumns: Names<Session, SessionColumn> = {
  CLIENT_ID: 'clientId',
  CREATED_AT: 'createdAt',
  USERNAME: 'username',
  DISCONNECTED_AT: 'disconnectedAt',
  SUBSCRIPTIONS_COUNT: 'subscriptionsCount',
  QUEUED_COUNT: 'queuedCount',
  INFLIGHT_COUNT: 'inflightCount',
  DROPPED_COUNT: 'droppedCount',
};

const subscriptionColumns: Names<Subscription, SubscriptionColumn> = {
  CLIENT_ID: 'clientId',
  TOPIC_FILTER: 'topicFilter',
  QOS: 'qos',
  AGE: 'seq',
};

type Field = 'connectionPageUpdates' | 'sessionPageUpdates' | 'subscriptionPageUpdates';

export const pageSubscriptions: Pick<SubscriptionResolvers, Field> = {
  connectionPageUpdates: pageUpdates<Connection, ConnectionFilter, ConnectionColumn>(
    ({ clientId, nodeName }) => JSON.stringify([nodeName, clientId]),
    ({ domain }) => ({
      list: (query) => domain.connections(query),
      nodesCount: domain.nodesCount,
      natural: 'CONNECTED_AT',
      columnOf: columnValue(connectionColumns),
    }),
  ),
  sessionPageUpdates: pageUpdates<Session, SessionFilter, SessionColumn>(
    ({ clientId, nodeName }) => JSON.stringify([nodeName, clientId]),
    ({ domain }) => ({
      list: (query) => domain.sessions(query),
      nodesCount: domain.nodesCount,
      natural: 'CREATED_AT',
      columnOf: columnValue(sessionColumns),
    }),
  ),
  subscriptionPageUpdates: pageUpdates<Subscription, SubscriptionFilter, SubscriptionColumn>(
    ({ clientId, nodeName, topicFilter }) => JSON.stringify([nodeName, clientId, topicFilter]),
    ({ domain }) => ({
      list: (query) => domain.subscriptions(query),
      nodesCount: domain.nodesCount,
      natural: 'AGE',
      columnOf: columnValue(subscriptionColumns),
    }),
  ),
};

const typeOf = <Noun extends string>(noun: Noun) => ({
  __resolveType: (update: object) => `${noun}Page${'items' in update ? 'Snapshot' : 'Patch'}` as const,
});

export const pageUpdateTypes: Pick<Resolvers, 'ConnectionPageUpdate' | 'SessionPageUpdate' | 'SubscriptionPageUpdate'> =
  {
    ConnectionPageUpdate: typeOf('Connection'),
    SessionPageUpdate: typeOf('Session'),
    SubscriptionPageUpdate: typeOf('Subscription'),
  };
