/**
 * Every setting of the program, one row each. The shape of the YAML file, the environment variables, the flags,
 * the text of `--help` and the type `Config` all follow from this table.
 */

import { both, credential, setting, type Values } from './setting.ts';
import * as types from './setting-types.ts';

/** The table. Its shape is the shape of `Config`. */
export const settings = {
  nodeName: setting({
    path: 'node.name',
    env: 'BROKERQL_NODE_NAME',
    flag: '--node-name',
    type: types.nodeName,
    default: 'brokerql@127.0.0.1',
    description: 'Name of this node in the cluster and in every answer.',
  }),
  host: setting({
    path: 'host',
    env: 'BROKERQL_HOST',
    flag: '--host',
    type: types.bindAddress,
    default: '127.0.0.1',
    description: 'Address that every listener binds to.',
  }),
  dataDir: setting({
    path: 'data_dir',
    env: 'BROKERQL_DATA_DIR',
    flag: '--data-dir',
    type: types.folder,
    default: './data',
    description: 'Folder of what survives a restart; a relative path starts at the working directory.',
  }),
  mqtt: {
    port: setting({
      path: 'mqtt.port',
      env: 'BROKERQL_MQTT_PORT',
      flag: '--mqtt-port',
      type: types.port,
      default: 1883,
      description: 'Port of MQTT over TCP; 0 takes any free port.',
    }),
    wsPort: setting({
      path: 'mqtt.ws_port',
      env: 'BROKERQL_WS_PORT',
      flag: '--ws-port',
      type: types.port,
      default: 8083,
      description: 'Port of MQTT over WebSocket; 0 takes any free port.',
    }),
    allowAnonymous: setting({
      path: 'mqtt.allow_anonymous',
      env: null,
      flag: null,
      type: types.verdict,
      default: 'auto',
      description: 'Whether clients come in that nobody vouches for; auto is true while MQTT is bound to loopback.',
    }),
    maxClientidLen: setting({
      path: 'mqtt.max_clientid_len',
      env: null,
      flag: null,
      type: types.whole(1, 65_535, 'bytes'),
      default: 1024,
      description: 'Longest client id.',
    }),
    maxTopicLen: setting({
      path: 'mqtt.max_topic_len',
      env: null,
      flag: null,
      type: types.whole(1, 65_535, 'bytes'),
      default: 4096,
      description: 'Longest topic name and topic filter.',
    }),
    maxTopicLevels: setting({
      path: 'mqtt.max_topic_levels',
      env: null,
      flag: null,
      type: types.whole(1, 100, 'levels'),
      default: 100,
      description: 'Most levels of a topic name or topic filter.',
    }),
    maxPacketSize: setting({
      path: 'mqtt.max_packet_size',
      env: null,
      flag: null,
      // The most that a packet's remaining length can say [MQTT-2.2.3].
      type: types.whole(1, 268_435_455, 'bytes'),
      default: 1_048_576,
      description: 'Largest MQTT packet.',
    }),
    sessionExpiryInterval: setting({
      path: 'mqtt.session_expiry_interval',
      env: null,
      flag: null,
      type: types.whole(0, types.FOUR_BYTES, 'seconds'),
      default: 7200,
      description: 'How long a persistent session outlives its connection.',
    }),
    maxMqueueLen: setting({
      path: 'mqtt.max_mqueue_len',
      env: 'BROKERQL_MAX_MQUEUE_LEN',
      flag: null,
      type: types.whole(0, types.FOUR_BYTES, 'messages'),
      default: 100_000,
      description: 'Most messages that wait in one session; 0 sets no limit.',
    }),
    maxAwaitingRel: setting({
      path: 'mqtt.max_awaiting_rel',
      env: null,
      flag: null,
      // A packet identifier has two bytes, so no client can have more open [MQTT-2.3.1].
      type: types.whole(1, 65_535, 'messages'),
      default: 100,
      description: 'Most QoS 2 messages of one client that wait for PUBREL.',
    }),
    maxConnections: setting({
      path: 'mqtt.max_connections',
      env: null,
      flag: null,
      type: types.whole(0, types.FOUR_BYTES, 'connections'),
      default: 0,
      description: 'Most MQTT connections at once on each listener; 0 sets no limit.',
    }),
  },
  http: {
    port: setting({
      path: 'http.port',
      env: 'BROKERQL_HTTP_PORT',
      flag: '--http-port',
      type: types.port,
      default: 8080,
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
  },
  dashboard: {
    port: setting({
      path: 'dashboard.port',
      env: 'BROKERQL_DASHBOARD_PORT',
      flag: '--dashboard-port',
      type: types.port,
      default: 18_083,
      description: 'Port of the dashboard; 0 takes any free port.',
    }),
  },
  app: both({
    id: credential({
      path: 'app.id',
      env: 'BROKERQL_APP_ID',
      type: types.accountName,
      secret: false,
      description: 'Id of an application that exists after every start; made when it is not there.',
    }),
    secret: credential({
      path: 'app.secret',
      env: 'BROKERQL_APP_SECRET',
      type: types.secretText,
      secret: true,
      description: 'Secret of that application.',
    }),
  }),
  admin: both({
    user: credential({
      path: 'admin.user',
      env: 'BROKERQL_ADMIN_USER',
      type: types.accountName,
      secret: false,
      description: 'Name of a dashboard user that exists after every start; made when it is not there.',
    }),
    password: credential({
      path: 'admin.password',
      env: 'BROKERQL_ADMIN_PASSWORD',
      type: types.secretText,
      secret: true,
      description: 'Password of that user.',
    }),
  }),
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

/** The configuration as the program reads it: checked, complete, frozen. `app` and `admin` are null when unset. */
export type Config = Values<typeof settings>;

/** Releases whose REST dress the facade can wear. */
export type RestProfile = Config['rest']['profile'];

/** Severities of the log, and `silent`. */
export type LogLevel = Config['log']['level'];
