/**
 * Every setting of the program, one row each. The shape of the YAML file, the environment variables, the flags,
 * the text of `--help` and the type `Config` all follow from this table.
 */

import { accountSettings } from './account-settings.ts';
import { alarmSettings } from './alarm-settings.ts';
import { dashboardSettings, graphqlSettings, httpSettings } from './http-settings.ts';
import { mqttSettings } from './mqtt-settings.ts';
import { setting, type Values } from './setting.ts';
import * as types from './setting-types.ts';
import { tlsSettings } from './tls-settings.ts';

/** The table. Its shape is the shape of `Config`. */
export const settings = {
  nodeName: setting({
    path: 'node.name',
    env: 'BROKERQL_NODE_NAME',
    flag: '--node-name',
    type: types.nodeName,
    default: 'brokerql@127.0.0.1',
    needsRestart: true,
    description: 'Name of this node in the cluster and in every answer.',
  }),
  host: setting({
    path: 'host',
    env: 'BROKERQL_HOST',
    flag: '--host',
    type: types.bindAddress,
    default: '127.0.0.1',
    needsRestart: true,
    description: 'Address that every listener binds to.',
  }),
  dataDir: setting({
    path: 'data_dir',
    env: 'BROKERQL_DATA_DIR',
    flag: '--data-dir',
    type: types.folder,
    default: './data',
    needsRestart: true,
    description: 'Folder of what survives a restart; a relative path starts at the working directory.',
  }),
  durability: setting({
    path: 'durability',
    env: 'BROKERQL_DURABILITY',
    flag: '--durability',
    type: types.oneOf(['os', 'disk']),
    default: 'os',
    needsRestart: true,
    description: 'What a stored message survives: a kill of the process (os), or a loss of power too (disk).',
  }),
  proxies: setting({
    path: 'proxies',
    env: 'BROKERQL_PROXIES',
    flag: null,
    type: types.addresses,
    default: [],
    needsRestart: true,
    description: 'Proxies whose word about the address of a client, and whether it spoke TLS, is taken.',
  }),
  tls: tlsSettings,
  mqtt: mqttSettings,
  http: httpSettings,
  dashboard: dashboardSettings,
  graphql: graphqlSettings,
  ...accountSettings,
  rest: {
    profile: setting({
      path: 'rest.profile',
      env: 'BROKERQL_REST_PROFILE',
      flag: '--rest-profile',
      type: types.oneOf(['3.0-beta', '3.0', '3.1', '3.2']),
      default: '3.0-beta',
      description: 'Release of the EMQ X v3 REST API that /api/v3 answers like.',
    }),
  },
  alarm: alarmSettings,
  log: {
    level: setting({
      path: 'log.level',
      env: 'BROKERQL_LOG_LEVEL',
      flag: '--log-level',
      type: types.oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
      default: 'info',
      description: 'Least severe level that is logged.',
    }),
  },
};

/**
 * The configuration as the program reads it: checked, complete, frozen. Pairs (`app`, `admin`, `tls.pair`) and `tls.ca`
 * are null when unset.
 */
export type Config = Values<typeof settings>;

/** Releases whose REST dress the facade can wear. */
export type RestProfile = Config['rest']['profile'];

/** Severities of the log, and `silent`. */
export type LogLevel = Config['log']['level'];
