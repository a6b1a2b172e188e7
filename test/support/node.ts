import { createHashing } from '../../src/access/hashing.ts';
import { Alarms } from '../../src/alarms/alarms.ts';
import { LocalNode } from '../../src/broker/local-node.ts';
import type { MqttBroker } from '../../src/broker/mqtt-broker.ts';
import { createLog } from '../../src/log.ts';
import { credentialsOf } from '../../src/plugins/auth-credential/credentials.ts';
import { authClientId, authUsername } from '../../src/plugins/auth-credential/index.ts';
import { PluginHost } from '../../src/plugins/host.ts';
import type { Port } from '../../src/port.ts';
import type { Store } from '../../src/store/store.ts';
import { derive } from '../access/support/derivation.ts';
import { NODE } from './gateway.ts';

/**
 * A broker as a node, with nothing around it: nobody watches it, and it has the plugins alone that ask for credentials,
 * which are hashed cheaply.
 */
export function createNode(broker: MqttBroker, ports: readonly Port[], store: Store): LocalNode {
  const plugins = new PluginHost({
    plugins: [authClientId, authUsername],
    broker,
    limits: { hookFailure: 'deny' },
    store,
    alarms: { raise: () => {}, clear: () => {} },
    log: createLog('silent'),
    nodeName: NODE,
    settingsOf: () => ({}),
  });
  const alarms = new Alarms(store, {
    nodeName: NODE,
    limits: { maxHistory: 10, unconfirmedTimeout: 300 },
    onFault: () => {},
  });
  const credentials = credentialsOf(store, createHashing(derive));
  return new LocalNode({ name: NODE, version: '1.2.3', broker, plugins, alarms, credentials, ports });
}
