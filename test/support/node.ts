import { createHashing } from '../../src/access/hashing.ts';
import { Alarms } from '../../src/alarms/alarms.ts';
import { Bans } from '../../src/bans/bans.ts';
import { nobodyExempt } from '../../src/bans/exemption.ts';
import { LocalNode } from '../../src/broker/local-node.ts';
import type { MqttBroker } from '../../src/broker/mqtt-broker.ts';
import { HotSettings } from '../../src/config/hot/hot-settings.ts';
import { registerConfig } from '../../src/config/hot/register-config.ts';
import { createLog } from '../../src/log.ts';
import { credentialsOf } from '../../src/plugins/auth-credential/credentials.ts';
import { authClientId, authUsername } from '../../src/plugins/auth-credential/index.ts';
import { PluginHost } from '../../src/plugins/host.ts';
import type { Port } from '../../src/port.ts';
import type { Store } from '../../src/store/store.ts';
import { derive } from '../access/support/derivation.ts';
import { NODE, testConfig } from './gateway.ts';

/**
 * A broker as a node, with nothing around it: nobody watches it, nothing follows from its settings, no ban reaches it,
 * and it has the plugins alone that ask for credentials, which are hashed cheaply.
 */
export async function createNode(broker: MqttBroker, ports: readonly Port[], store: Store): Promise<LocalNode> {
  const plugins = new PluginHost({
    plugins: [authClientId, authUsername],
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
  const bans = await Bans.open(store, { limits: { maxBans: 1000 }, exemption: nobodyExempt, onFault: () => {} });
  const configs = new HotSettings(store, new Map(), {
    onPassedOver: () => {},
    onFault: (fault) => {
      throw fault;
    },
  });
  registerConfig(configs, testConfig('unused'));
  const credentials = credentialsOf(store, createHashing(derive));
  return new LocalNode({
    ...{ name: NODE, version: '1.2.3', broker, bans, plugins, alarms, configs, credentials, ports },
    diagnostics: { now: null },
    onFault: (fault) => {
      throw fault;
    },
  });
}
