import { both, credential, optional, setting } from './setting.ts';
import * as types from './setting-types.ts';

/** Settings of TLS; without a certificate no port of TLS is open. */
export const tlsSettings = {
  pair: both({
    cert: credential({
      path: 'tls.cert',
      env: 'BROKERQL_TLS_CERT',
      type: types.file,
      secret: false,
      needsRestart: true,
      description: "PEM file of the server's certificate and those that lead to its root; opens the ports of TLS.",
    }),
    key: credential({
      path: 'tls.key',
      env: 'BROKERQL_TLS_KEY',
      type: types.file,
      secret: false,
      needsRestart: true,
      description: 'PEM file of its private key, without a passphrase.',
    }),
  }),
  ca: optional({
    path: 'tls.ca',
    env: 'BROKERQL_TLS_CA',
    flag: null,
    type: types.file,
    needs: 'tls.cert',
    needsRestart: true,
    description: 'PEM file of the certificates of those who sign client certificates.',
  }),
  verify: setting({
    path: 'tls.verify',
    env: null,
    flag: null,
    type: types.oneOf(['off', 'optional', 'required']),
    default: 'off',
    needs: 'tls.ca',
    needsRestart: true,
    description:
      'Whether MQTT clients show a certificate; optional also lets in those whose certificate nobody vouches for.',
  }),
};
