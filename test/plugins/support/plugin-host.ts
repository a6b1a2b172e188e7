import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlarmNotice } from '../../../src/alarms/alarm.ts';
import { createLog } from '../../../src/log.ts';
import { PluginHost } from '../../../src/plugins/host.ts';
import type { Plugin } from '../../../src/plugins/plugin.ts';
import { openStore } from '../../../src/store/store.ts';
import { defaultsOf } from '../../support/defaults.ts';
import { NODE, type TestGateway } from '../../support/gateway.ts';

/** One plugin on the broker of a gateway, with settings that a test gives. */
export interface TestPlugin {
  readonly host: PluginHost;
  /** What stands, by id. */
  readonly alarms: ReadonlyMap<string, AlarmNotice>;
  /** Ids of those that stood and were cleared, in their order. */
  readonly cleared: readonly string[];
  /** Loads it with these settings over its defaults, or anew with them. */
  use(settings: object): Promise<void>;
  close(): Promise<void>;
}

export async function hostPlugin({ gateway }: TestGateway, plugin: Plugin): Promise<TestPlugin> {
  const folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
  const store = await openStore(folder);
  const alarms = new Map<string, AlarmNotice>();
  const cleared: string[] = [];
  let settings: object = defaultsOf(plugin.settings);
  const host = new PluginHost({
    plugins: [plugin],
    broker: gateway.broker,
    limits: { hookFailure: 'deny' },
    store,
    alarms: {
      raise: (notice) => void alarms.set(notice.id, notice),
      clear: (id) => void (alarms.delete(id) && cleared.push(id)),
    },
    log: createLog('silent'),
    nodeName: NODE,
    dataDir: folder,
    settingsOf: () => settings,
  });
  return {
    host,
    alarms,
    cleared,
    async use(given) {
      settings = { ...defaultsOf(plugin.settings), ...given };
      await host.reload(plugin.name);
    },
    async close() {
      await host.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
