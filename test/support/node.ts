import { createHashing } from '../../src/access/hashing.ts';
import { LocalNode } from '../../src/broker/local-node.ts';
import type { MqttBroker } from '../../src/broker/mqtt-broker.ts';
import { createLog } from '../../src/log.ts';
import { Credentials } from '../../src/plugins/auth-credential/credentials.ts';
import { credentialPlugins } from '../../src/plugins/auth-credential/index.ts';
import { PluginHost } from '../../src/plugins/host.ts';
import type { Port } from '../../src/port.ts';
import type { Store } from '../../src/store/store.ts';
import { derive } from '../access/support/derivation.ts';
import { NODE } from './gateway.ts';

/** A broker as a node, with nothing around it: it has the plugins that ask for credentials alone, and hashes cheaply. */
export function createNode(broker: MqttBroker, ports: readonly Port[], store: Store): LocalNode {
  const credentials = new Credentials(store, createHashing(derive));
  const plugins = new PluginHost({
    plugins: credentialPlugins(credentials),
    broker,
    limits: { hookFailure: 'deny' },
    store,
    alarms: { raise: () => {}, clear: () => {} },
    log: createLog('silent'),
    nodeName: NODE,
    settingsOf: () => ({}),
  });
  return new LocalNode({ name: NODE, version: '1.2.3', broker, plugins, credentials, ports });
}
