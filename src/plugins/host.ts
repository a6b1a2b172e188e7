import type { AlarmPort } from '../alarms/alarm.ts';
import type { HookLimits, Hooks } from '../broker/hooks.ts';
import type { MqttBroker } from '../broker/mqtt-broker.ts';
import type { Log } from '../log.ts';
import { BrokerError, shown, storeFailed } from '../refusals.ts';
import { Signal } from '../signal.ts';
import type { KeySpace, Store } from '../store/key-space.ts';
import type { Plugin, PluginInstance } from './plugin.ts';

/** Seconds that a plugin may take to load. */
const LOAD_TIME = 30;

/** A plugin as a list shows it. */
export interface PluginState {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly type: Plugin['type'];
  readonly active: boolean;
  readonly isPermanent: boolean;
  /** Why it could not be loaded the last time; null when it could, or nobody tried. */
  readonly failure: string | null;
  /** Epoch milliseconds; null while it is not active. */
  readonly loadedAt: number | null;
}

export interface PluginHostOptions {
  readonly plugins: readonly Plugin[];
  readonly broker: MqttBroker;
  readonly limits: Pick<HookLimits, 'hookFailure'>;
  readonly store: Store;
  readonly alarms: AlarmPort;
  readonly log: Log;
  readonly nodeName: string;
  readonly dataDir: string;
  /** The settings of a plugin as they are now. */
  readonly settingsOf: (plugin: Plugin) => unknown;
  /** Asked before every plugin. */
  readonly hooks?: readonly Hooks[];
}

interface Entry {
  readonly plugin: Plugin;
  instance: PluginInstance | null;
  /** Asked while the plugin that should vouch for clients could not be loaded at the start. */
  guard: Hooks | null;
  failure: string | null;
  loadedAt: number | null;
  /** What is being done with it. */
  deed: Promise<unknown> | null;
}

/** What is kept of a plugin over a restart. */
interface Kept {
  readonly active: boolean;
}

const unknownPlugin = (name: string): BrokerError =>
  new BrokerError('NOT_FOUND', `plugin '${shown(name)}' is unknown`, { argument: 'name', value: shown(name) });

const refusal = (code: 'ALREADY_STARTED' | 'NOT_STARTED' | 'PROTECTED' | 'PLUGIN_FAILED', name: string, why: string) =>
  new BrokerError(code, `plugin '${name}' ${why}`, { argument: 'name', value: name });

/** A fault in one sentence. */
const reasonOf = (fault: unknown): string => shown(fault instanceof Error ? fault.message : fault);

/**
 * The plugins of this node: which of them are active, and the order in which their hooks are asked. Only plugins that
 * are shipped can be loaded. Loading, unloading and loading anew disturb no client: what decides changes in one piece.
 */
export class PluginHost {
  readonly changed: Signal<[state: PluginState]>;
  readonly #options: PluginHostOptions;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #kept: KeySpace<Kept>;

  constructor(options: PluginHostOptions) {
    this.#options = options;
    this.#kept = options.store.space<Kept>('plugins');
    this.changed = new Signal((fault) => options.log.error({ err: fault }, 'telling of a plugin failed'));
    const sorted = [...options.plugins].sort((a, b) => (a.name < b.name ? -1 : 1));
    this.#entries = new Map(
      sorted.map((plugin) => [
        plugin.name,
        { plugin, instance: null, guard: null, failure: null, loadedAt: null, deed: null },
      ]),
    );
    void this.#decide();
  }

  /** Ordered by name. */
  list(): readonly PluginState[] {
    return Array.from(this.#entries.values(), stateOf);
  }

  get(name: string): PluginState | null {
    const entry = this.#entries.get(name);
    return entry ? stateOf(entry) : null;
  }

  /** Loads what was active when the program ended, and what is active at first. Never rejects for a plugin that fails. */
  async start(): Promise<void> {
    const kept = new Map<string, boolean>();
    for await (const [name, { active }] of this.#kept.entries()) kept.set(name, active);
    const wanted = [...this.#entries.values()].filter(
      ({ plugin: { name, isActiveAtFirst, isPermanent } }) => isPermanent || (kept.get(name) ?? isActiveAtFirst),
    );
    await Promise.all(
      wanted.map((entry) =>
        this.#alone(entry, async () => {
          try {
            await this.#take(entry, this.#options.settingsOf(entry.plugin));
          } catch {
            // Whom it would have refused must not come in because it is not there.
            if (entry.plugin.type === 'auth') this.#guard(entry);
          }
        }),
      ),
    );
  }

  /** Refuses with NOT_FOUND, ALREADY_STARTED, or PLUGIN_FAILED and the reason. */
  async load(name: string): Promise<PluginState> {
    const entry = this.#idle(name, 'ALREADY_STARTED');
    if (entry.instance) throw refusal('ALREADY_STARTED', name, 'is active already');
    await this.#alone(entry, () => this.#activate(entry));
    return stateOf(entry);
  }

  /** Refuses with NOT_FOUND, NOT_STARTED, or PROTECTED for one that cannot be unloaded. */
  async unload(name: string): Promise<PluginState> {
    const entry = this.#idle(name, 'NOT_STARTED');
    if (entry.plugin.isPermanent) {
      throw refusal('PROTECTED', name, 'cannot be unloaded: without it nobody could load it again');
    }
    if (!entry.instance && !entry.guard) throw refusal('NOT_STARTED', name, 'is not active');
    await this.#alone(entry, async () => {
      // Stored first: a kill in between must not bring it back.
      await this.#keep(entry, false);
      await this.#leave(entry);
    });
    return stateOf(entry);
  }

  /** Loads a plugin anew, or for the first time. Refuses with NOT_FOUND, or PLUGIN_FAILED; the one before goes on then. */
  async reload(name: string): Promise<PluginState> {
    const entry = this.#idle(name, 'ALREADY_STARTED');
    await this.#alone(entry, () => this.#activate(entry));
    return stateOf(entry);
  }

  /** Gives an active plugin other settings. Refuses with PLUGIN_FAILED; it goes on with the old ones then. */
  async reconfigure(name: string, settings: unknown): Promise<void> {
    const entry = this.#entry(name);
    while (entry.deed) await entry.deed.catch(() => {});
    if (!entry.instance) return;
    await this.#alone(entry, () => this.#take(entry, settings));
  }

  /** Unloads all, for the program ends; they will be there again at its next start. */
  async close(): Promise<void> {
    await Promise.all([...this.#entries.values()].map(({ deed }) => deed?.catch(() => {})));
    await Promise.all([...this.#entries.values()].map((entry) => this.#leave(entry)));
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (!entry) throw unknownPlugin(name);
    return entry;
  }

  /** A plugin with which nothing is being done; else a refusal with this code. */
  #idle(name: string, code: 'ALREADY_STARTED' | 'NOT_STARTED'): Entry {
    const entry = this.#entry(name);
    if (entry.deed) throw refusal(code, name, 'is being loaded or unloaded already');
    return entry;
  }

  async #alone(entry: Entry, act: () => Promise<void>): Promise<void> {
    const deed = act();
    entry.deed = deed;
    try {
      await deed;
    } finally {
      entry.deed = null;
      this.changed.tell(stateOf(entry));
    }
  }

  async #activate(entry: Entry): Promise<void> {
    const wasActive = entry.instance !== null;
    await this.#take(entry, this.#options.settingsOf(entry.plugin));
    try {
      await this.#keep(entry, true);
    } catch (refused) {
      if (!wasActive) await this.#leave(entry);
      throw refused;
    }
  }

  /** Loads an instance and puts it in the place of the one before. */
  async #take(entry: Entry, settings: unknown): Promise<void> {
    const { alarms, log } = this.#options;
    const { name } = entry.plugin;
    const alarm = `plugin_failed:${name}`;
    let next: PluginInstance;
    try {
      next = await this.#load(entry.plugin, settings);
    } catch (fault) {
      const reason = reasonOf(fault);
      entry.failure = reason;
      const summary = `plugin '${name}' could not be loaded: ${reason}`;
      alarms.raise({ id: alarm, severity: 'error', title: 'Plugin failed', summary });
      log.error({ err: fault, plugin: name }, 'a plugin could not be loaded');
      throw Object.assign(refusal('PLUGIN_FAILED', name, `could not be loaded: ${reason}`), { cause: fault });
    }
    entry.failure = null;
    alarms.clear(alarm);
    const before = entry.instance;
    entry.instance = next;
    entry.guard = null;
    entry.loadedAt = Date.now();
    const isIdle = this.#decide();
    const left = this.#unload(entry.plugin, before, isIdle);
    next.start?.();
    await left;
  }

  async #load(plugin: Plugin, settings: unknown): Promise<PluginInstance> {
    const { broker, store, alarms, log, nodeName, dataDir } = this.#options;
    const loading = Promise.resolve(
      plugin.load({
        ...{ broker, store, alarms, nodeName, dataDir, log: log.child({ plugin: plugin.name }) },
        // Of this plugin's own table.
        settings: settings as never,
      }),
    );
    let isLate = false;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        isLate = true;
        reject(new Error(`it was not ready within ${LOAD_TIME} seconds`));
      }, LOAD_TIME * 1000);
    });
    loading.then(
      (instance) => isLate && void this.#unload(plugin, instance, Promise.resolve()),
      () => {},
    );
    try {
      return await Promise.race([loading, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #leave(entry: Entry): Promise<void> {
    const { instance, plugin } = entry;
    Object.assign(entry, { instance: null, guard: null, failure: null, loadedAt: null });
    this.#options.alarms.clear(`plugin_failed:${plugin.name}`);
    await this.#unload(plugin, instance, this.#decide());
  }

  /** What it undoes at once is undone when this returns. */
  async #unload(plugin: Plugin, instance: PluginInstance | null, isIdle: Promise<void>): Promise<void> {
    try {
      await instance?.unload?.(isIdle);
    } catch (fault) {
      this.#options.log.error({ err: fault, plugin: plugin.name }, 'unloading a plugin failed');
    }
  }

  #guard(entry: Entry): void {
    const { limits } = this.#options;
    entry.guard = { authenticate: () => limits.hookFailure };
    void this.#decide();
  }

  async #keep(entry: Entry, active: boolean): Promise<void> {
    await this.#kept.put(entry.plugin.name, { active }).catch((error) => {
      throw storeFailed(error);
    });
  }

  /** From now on the hooks of those that are active are asked, in their order. Resolves when no others are any more. */
  #decide(): Promise<void> {
    const inOrder = [...this.#entries.values()].sort((a, b) => a.plugin.order - b.plugin.order);
    const hooks = inOrder.map(({ guard, instance }) => guard ?? instance?.hooks).filter((each) => each !== undefined);
    return this.#options.broker.hooks.replace([...(this.#options.hooks ?? []), ...hooks]);
  }
}

const stateOf = ({ plugin, instance, failure, loadedAt }: Entry): PluginState => ({
  name: plugin.name,
  version: plugin.version,
  description: plugin.description,
  type: plugin.type,
  active: instance !== null,
  isPermanent: plugin.isPermanent,
  failure,
  loadedAt,
});
