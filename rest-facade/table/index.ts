import type { Endpoint } from '../endpoint.ts';
import { applicationRows, userRows } from './accounts.ts';
import { alarmRows } from './alarms.ts';
import { banRows } from './bans.ts';
import { configRows } from './configs.ts';
import { connectionRows } from './connections.ts';
import { credentialRows } from './credentials.ts';
import { metricsRows, statsRows } from './figures.ts';
import { messageRows } from './messages.ts';
import { brokerRows, listenerRows, nodeRows } from './nodes.ts';
import { pluginRows } from './plugins.ts';
import { sessionRows } from './sessions.ts';
import { routeRows, subscriptionRows } from './subscriptions.ts';

/** The v3 contract, a row an endpoint, in the order of its documents. */
export const table: readonly Endpoint[] = [
  ...brokerRows,
  ...nodeRows,
  ...connectionRows,
  ...sessionRows,
  ...subscriptionRows,
  ...routeRows,
  ...messageRows,
  ...pluginRows,
  ...listenerRows,
  ...metricsRows,
  ...statsRows,
  ...configRows,
  ...alarmRows,
  ...banRows,
  ...applicationRows,
  ...userRows,
  ...credentialRows,
];
