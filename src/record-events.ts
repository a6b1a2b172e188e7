import type { Access } from './access/access.ts';
import type { Alarms } from './alarms/alarms.ts';
import type { Bans } from './bans/bans.ts';
import type { LocalNode } from './broker/local-node.ts';
import type { HotSettings } from './config/hot/hot-settings.ts';
import type { PluginHost } from './plugins/host.ts';
import type { Port } from './port.ts';

/** Who has events beside the broker. */
export interface EventSources {
  readonly alarms: Alarms;
  readonly bans: Bans;
  readonly plugins: PluginHost;
  readonly configs: HotSettings;
  readonly access: Access;
}

/** Adds what happens around the broker to the events of its node. */
export function recordEvents(node: LocalNode, { alarms, bans, plugins, configs, access }: EventSources): void {
  const { hub } = node;
  alarms.raised.listen((alarm) => hub.alarm.add({ type: 'RAISED', alarm }));
  alarms.cleared.listen((alarm) => hub.alarm.add({ type: 'CLEARED', alarm }));
  bans.begun.listen((ban) => hub.ban.add({ type: 'CREATED', ban }));
  bans.ended.listen((ban) => hub.ban.add({ type: 'ENDED', ban }));
  plugins.changed.listen((state) => hub.plugin.add({ plugin: node.pluginOf(state) }));
  configs.changed.listen((change) => hub.config.add(change));
  access.audit.added.listen((entry) => hub.audit.add({ entry }));
}

/** Adds what happens to the listeners of a node to its events, and tells `onFault` of what fails. */
export function recordListeners(
  { hub }: LocalNode,
  ports: readonly Port[],
  onFault: (port: Port, error: Error) => void,
) {
  for (const port of ports) {
    const tell = (type: 'STARTED' | 'STOPPED' | 'FAILED', message: string | null = null): void =>
      hub.listener.add({ type, protocol: port.protocol, listenOn: port.listenOn, message });
    port.onStarted = () => tell('STARTED');
    port.onStopped = () => tell('STOPPED');
    port.onFault = (error) => {
      tell('FAILED', error.message);
      onFault(port, error);
    };
  }
}
