import { Alarms } from '../../src/alarms/alarms.ts';
import { LocalNode } from '../../src/broker/local-node.ts';
import type { MqttBroker } from '../../src/broker/mqtt-broker.ts';
import { createLog } from '../../src/log.ts';
import { PluginHost } from '../../src/plugins/host.ts';
import type { Port } from '../../src/port.ts';
import type { Store } from '../../src/store/store.ts';
import { NODE } from './gateway.ts';

/** A broker as a node, with nothing around it: it has no plugins, and nobody watches it. */
export function createNode(broker: MqttBroker, ports: readonly Port[], store: Store): LocalNode {
  const plugins = new PluginHost({
    plugins: [],
    broker,
    limits: { hookFailure: 'deny' },
    store,
    alarms: { raise: () => {}, clear: () => {} },
    log: createLog('silent'),
    nodeName: NODE,
    dataDir: 'unused',
    settingsOf: () => ({}),
  });
  const alarms = new Alarms(store, {
    nodeName: NODE,
    limits: { maxHistory: 10, unconfirmedTimeout: 300 },
    onFault: () => {},
  });
  return new LocalNode({ name: NODE, version: '1.2.3', broker, plugins, alarms, ports });
}
