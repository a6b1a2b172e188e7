import { setting } from './setting.ts';
import * as types from './setting-types.ts';

/** Settings of the management API's door. */
export const httpSettings = {
  port: setting({
    path: 'http.port',
    env: 'BROKERQL_HTTP_PORT',
    flag: '--http-port',
    type: types.port,
    default: 8080,
    needsRestart: true,
    description: 'Port of the management API, GraphQL and REST; 0 takes any free port.',
  }),
  maxBody: setting({
    path: 'http.max_body',
    env: null,
    flag: null,
    type: types.whole(1, 1_073_741_824, 'bytes'),
    default: 8_388_608,
    description: 'Largest body of an HTTP request.',
  }),
  tlsPort: setting({
    path: 'http.tls_port',
    env: 'BROKERQL_HTTPS_PORT',
    flag: null,
    type: types.port,
    default: 8081,
    needsRestart: true,
    description: 'Port of the management API over TLS, which is open when a certificate is set; 0 takes any free port.',
  }),
  hosts: setting({
    path: 'http.hosts',
    env: 'BROKERQL_HTTP_HOSTS',
    flag: null,
    type: types.hostNames,
    default: [],
    description: 'Names besides localhost and IP addresses under which browsers reach this server.',
  }),
  origins: setting({
    path: 'http.origins',
    env: 'BROKERQL_HTTP_ORIGINS',
    flag: null,
    type: types.origins,
    default: [],
    description: 'Origins of other web pages that may call this server.',
  }),
  maxConnections: setting({
    path: 'http.max_connections',
    env: null,
    flag: null,
    type: types.whole(0, types.FOUR_BYTES, 'connections'),
    default: 0,
    description: 'Most HTTP connections at once to the management, or to the dashboard, TLS included; 0 sets no limit.',
  }),
  maxConnectionsPerAddress: setting({
    path: 'http.max_connections_per_address',
    env: null,
    flag: null,
    type: types.whole(0, types.FOUR_BYTES, 'connections'),
    default: 0,
    description: 'The same of one IP address, or one /64 of IPv6; 0 sets no limit.',
  }),
  requestsPerSecond: setting({
    path: 'http.requests_per_second',
    env: null,
    flag: null,
    type: types.whole(0, 1_000_000, 'requests'),
    default: 0,
    description: 'Most requests of one application in a second; 0 sets no limit.',
  }),
  headersTimeout: setting({
    path: 'http.headers_timeout',
    env: null,
    flag: null,
    type: types.whole(1, 3600, 'seconds'),
    default: 10,
    description: 'How long the headers of an HTTP request may take to arrive.',
  }),
  requestTimeout: setting({
    path: 'http.request_timeout',
    env: null,
    flag: null,
    type: types.whole(1, 3600, 'seconds'),
    default: 30,
    description: 'How long a whole HTTP request may take to arrive.',
  }),
  drain: setting({
    path: 'http.drain',
    env: null,
    flag: null,
    type: types.whole(0, 60, 'seconds'),
    default: 0,
    description: 'How long a server that shuts down still serves while /readyz says 503.',
  }),
};

/** Settings of the dashboard's door. */
export const dashboardSettings = {
  port: setting({
    path: 'dashboard.port',
    env: 'BROKERQL_DASHBOARD_PORT',
    flag: '--dashboard-port',
    type: types.port,
    default: 18_083,
    needsRestart: true,
    description: 'Port of the dashboard; 0 takes any free port.',
  }),
  tlsPort: setting({
    path: 'dashboard.tls_port',
    env: 'BROKERQL_DASHBOARD_TLS_PORT',
    flag: null,
    type: types.port,
    default: 18_084,
    needsRestart: true,
    description: 'Port of the dashboard over TLS, which is open when a certificate is set; 0 takes any free port.',
  }),
};

/** Settings of GraphQL: what one operation may ask for. */
export const graphqlSettings = {
  maxTokens: setting({
    path: 'graphql.max_tokens',
    env: null,
    flag: null,
    type: types.whole(0, types.FOUR_BYTES, 'tokens'),
    default: 1000,
    description: 'Most tokens of a GraphQL document; 0 sets no limit.',
  }),
  maxDepth: setting({
    path: 'graphql.max_depth',
    env: null,
    flag: null,
    type: types.whole(0, types.FOUR_BYTES, 'levels'),
    default: 15,
    description: 'Most levels of fields inside fields in a GraphQL operation; 0 sets no limit.',
  }),
  maxAliases: setting({
    path: 'graphql.max_aliases',
    env: null,
    flag: null,
    type: types.whole(0, types.FOUR_BYTES, 'aliases'),
    default: 100,
    description: 'Most aliases in a GraphQL operation; 0 sets no limit.',
  }),
  maxComplexity: setting({
    path: 'graphql.max_complexity',
    env: null,
    flag: null,
    type: types.whole(0, types.FOUR_BYTES, 'values'),
    default: 500_000,
    description: 'Most values that a GraphQL operation may have to answer; 0 sets no limit.',
  }),
  maxList: setting({
    path: 'graphql.max_list',
    env: null,
    flag: null,
    type: types.whole(0, types.FOUR_BYTES, 'items'),
    default: 1000,
    description: 'Most items of a list in an input of a GraphQL operation; 0 sets no limit.',
  }),
};
