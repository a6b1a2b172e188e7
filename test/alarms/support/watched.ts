import type { Hooks } from '../../../src/broker/hooks.ts';
import { startGateway, type TestGateway } from '../../support/gateway.ts';

/** What comes on `$SYS/brokers/<node>/alarms/alert`. */
export interface Alert {
  readonly id: string;
  readonly desc: string | { readonly severity: string; readonly title: string; readonly summary: string };
}

/** A gateway that looks at itself each second, and what an MQTT client hears of its alarms. */
export interface WatchedGateway extends TestGateway {
  /** Resolves with the first alert of an alarm that was not awaited yet. */
  alert(id: string): Promise<Alert>;
  /** Resolves when the end of an alarm is told. */
  cleared(id: string): Promise<void>;
}

/** Lets one client read what the broker tells of itself, and another one not in. */
const hooks: Hooks = {
  authenticate: ({ username }) => (username === 'mallory' ? 'deny' : 'ignore'),
  authorizeSubscribe: ({ clientId }, topicFilter) =>
    clientId === 'watcher' && topicFilter.startsWith('$SYS/') ? 'allow' : 'ignore',
};

/** Starts a gateway with these settings of `alarm`, and other YAML. */
export async function startWatched(
  alarm: Readonly<Record<string, number>>,
  yaml = '',
  folder?: string,
  env: Record<string, string> = {},
): Promise<WatchedGateway> {
  const settings = JSON.stringify({ check_interval: 1, ...alarm });
  const gateway = await startGateway(`alarm: ${settings}\n${yaml}`, env, folder, [hooks]);
  const heard: { readonly key: string; readonly told: unknown }[] = [];
  const waiting = new Set<() => void>();
  const client = await gateway.connect({ clientId: 'watcher' });
  client.on('message', (topic, payload) => {
    const told = JSON.parse(payload.toString()) as { readonly id: string };
    heard.push({ key: `${topic.split('/').at(-1)} ${told.id}`, told });
    for (const look of waiting) look();
  });
  await client.subscribeAsync('$SYS/brokers/+/alarms/#');
  const next = (key: string): Promise<unknown> =>
    new Promise((resolve) => {
      const look = (): void => {
        const at = heard.findIndex((each) => each.key === key);
        if (at < 0) return;
        waiting.delete(look);
        resolve(heard.splice(at, 1)[0]?.told);
      };
      waiting.add(look);
      look();
    });
  return {
    ...gateway,
    alert: async (id) => (await next(`alert ${id}`)) as Alert,
    cleared: async (id) => void (await next(`clear ${id}`)),
  };
}
