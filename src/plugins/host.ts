import type { AlarmPort } from '../alarms/alarm.ts';
import type { HookLimits, Hooks, Verdict } from '../broker/hooks.ts';
import type { MqttBroker } from '../broker/mqtt-broker.ts';
import { isSystemTopic } from '../broker/topics.ts';
import type { Log } from '../log.ts';
import type { MaybePromise } from '../maybe-promise.ts';
import { BrokerError, shown, throwStoreFailed } from '../refusals.ts';
import { Signal } from '../signal.ts';
import type { KeySpace, Store } from '../store/key-space.ts';
import { createEntry, type Entry, judgeOf, type PluginState, stateOf } from './entry.ts';
import { Lifecycle } from './lifecycle.ts';
import type { Plugin, PluginInstance } from './plugin.ts';

/** Seconds that a plugin may take to load, and to unload. */
const DEADLINE = 30;

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
  /** Seconds that a plugin may take to load, and to unload; 30 unless given. */
  readonly deadline?: number;
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

const alarmOf = (plugin: Plugin): string => `plugin_failed:${plugin.name}`;

/**
 * The plugins of this node: which of them are active, and the order in which their hooks are asked. Only plugins that
 * are shipped can be loaded. Loading, unloading and loading anew disturb no client: what decides changes in one piece.
 */
export class PluginHost {
  readonly changed: Signal<[state: PluginState]>;
  readonly #options: PluginHostOptions;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #inOrder: readonly Entry[];
  readonly #kept: KeySpace<Kept>;
  readonly #lifecycle: Lifecycle;

  constructor(options: PluginHostOptions) {
    this.#options = options;
    this.#kept = options.store.space<Kept>('plugins');
    this.changed = new Signal((fault) => options.log.error({ err: fault }, 'telling of a plugin failed'));
    const sorted = [...options.plugins].sort((a, b) => (a.name < b.name ? -1 : 1));
    this.#entries = new Map(sorted.map((plugin) => [plugin.name, createEntry(plugin)]));
    this.#inOrder = [...this.#entries.values()].sort((a, b) => a.plugin.order - b.plugin.order);
    const { broker, store, alarms, nodeName, dataDir, log, deadline = DEADLINE } = options;
    this.#lifecycle = new Lifecycle({
      ...{ deadline, log, context: { broker, store, alarms, nodeName, dataDir } },
      onRecovered: ({ name }) => this.#recover(this.#entry(name)),
    });
    this.#decide();
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
            this.#guard(entry);
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
      const left = this.#leave(entry);
      this.#options.alarms.clear(alarmOf(entry.plugin));
      await left;
    });
    return stateOf(entry);
  }

  /** Loads a plugin anew, or for the first time. Refuses with NOT_FOUND, or PLUGIN_FAILED; the one before goes on then. */
  async reload(name: string): Promise<PluginState> {
    const entry = this.#idle(name, 'ALREADY_STARTED');
    await this.#alone(entry, () => this.#activate(entry));
    return stateOf(entry);
  }

  /**
   * Gives an active plugin other settings; one that is not active is passed over. Refuses with PLUGIN_FAILED; it goes on
   * with the old ones then.
   */
  async reconfigure(name: string, settings: unknown): Promise<void> {
    const entry = this.#entry(name);
    // Not refused as others are: settings that are stored and not in use would be worse than a wait.
    while (entry.deed) await entry.deed.catch(() => {});
    if (!entry.instance) return;
    await this.#alone(entry, () => this.#take(entry, settings));
  }

  /** Loads nothing any more, for the program ends: who waits for a plugin to be ready is refused with PLUGIN_FAILED. */
  giveUpLoads(): void {
    this.#lifecycle.giveUp(new Error('the broker stops'));
  }

  /** Unloads all, for the program ends; they will be there again at its next start. */
  async close(): Promise<void> {
    this.giveUpLoads();
    await Promise.all([...this.#entries.values()].map(({ deed }) => deed?.catch(() => {})));
    await Promise.all([...this.#entries.values()].map((entry) => this.#leave(entry, true)));
  }

  /** Seconds that the plugins which are active now may take on purpose when the program ends. */
  get grace(): number {
    return Math.max(...Array.from(this.#entries.values(), ({ instance }) => instance?.grace ?? 0), 0);
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
    const isKept = entry.instance !== null;
    await this.#take(entry, this.#options.settingsOf(entry.plugin), () => (isKept ? null : this.#keep(entry, true)));
  }

  /**
   * Loads an instance and puts it in the place of the one before. `keep` is asked when it is ready; what it rejects with
   * leaves everything as it was.
   */
  async #take(entry: Entry, settings: unknown, keep: () => MaybePromise<unknown> = () => null): Promise<void> {
    const { plugin } = entry;
    let next: PluginInstance;
    try {
      next = await this.#lifecycle.load(plugin, settings);
    } catch (fault) {
      throw this.#failed(entry, fault);
    }
    try {
      await keep();
    } catch (refused) {
      await this.#lifecycle.unload(plugin, next);
      throw refused;
    }
    const { instance: before, guard } = entry;
    Object.assign(entry, { instance: next, guard: null, failure: null, loadedAt: Date.now() });
    this.#decide();
    const left = this.#lifecycle.unload(plugin, before);
    try {
      next.start?.();
    } catch (fault) {
      const gone = this.#leave(entry);
      // As if it could not be loaded at the next start, which will try again; one that is new is not to be there then.
      if (before || guard) this.#guard(entry);
      else await this.#keep(entry, false).catch(() => {});
      await Promise.all([left, gone]);
      throw this.#failed(entry, fault);
    }
    this.#options.alarms.clear(alarmOf(plugin));
    await left;
  }

  /** Notes why a plugin could not be loaded, and answers the refusal. */
  #failed(entry: Entry, fault: unknown): BrokerError {
    const { alarms, log } = this.#options;
    const { name } = entry.plugin;
    const reason = reasonOf(fault);
    entry.failure = reason;
    // That the program ends is no fault of the plugin.
    if (!this.#lifecycle.isGivenUp) {
      const summary = `plugin '${name}' could not be loaded: ${reason}`;
      alarms.raise({ id: alarmOf(entry.plugin), severity: 'error', title: 'Plugin failed', summary });
      log.error({ err: fault, plugin: name }, 'a plugin could not be loaded');
    }
    return Object.assign(refusal('PLUGIN_FAILED', name, `could not be loaded: ${reason}`), { cause: fault });
  }

  /** An active plugin that could not be loaded anew could be now. */
  #recover(entry: Entry): void {
    if (!entry.instance || entry.failure === null) return;
    entry.failure = null;
    this.#options.alarms.clear(alarmOf(entry.plugin));
    this.changed.tell(stateOf(entry));
  }

  async #leave(entry: Entry, isEnding = false): Promise<void> {
    const { instance, plugin } = entry;
    Object.assign(entry, { instance: null, guard: null, failure: null, loadedAt: null });
    this.#decide();
    await this.#lifecycle.unload(plugin, instance, isEnding);
  }

  /** Whom a plugin that judges clients would have refused must not come in because it is not there. */
  #guard(entry: Entry): void {
    if (entry.plugin.type !== 'auth') return;
    const verdict = (): Verdict => this.#options.limits.hookFailure;
    entry.guard = {
      ...{ authenticate: verdict, authorizeSubscribe: verdict },
      // Nobody speaks for the broker because a plugin is not there.
      authorizePublish: (_client, topic) => (isSystemTopic(topic) && verdict() === 'allow' ? 'ignore' : verdict()),
    };
    this.#decide();
  }

  async #keep(entry: Entry, active: boolean): Promise<void> {
    await this.#kept.put(entry.plugin.name, { active }).catch(throwStoreFailed);
  }

  /** From now on those that are active and judge clients are asked, in their order. */
  #decide(): void {
    const asked = this.#inOrder.filter((entry) => judgeOf(entry) !== undefined);
    this.#options.broker.hooks.replace([...(this.#options.hooks ?? []), ...asked.map(({ hooks }) => hooks)]);
  }
}
