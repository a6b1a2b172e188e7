import type { Log } from '../log.ts';
import { isPromise } from '../maybe-promise.ts';
import type { Plugin, PluginContext, PluginInstance } from './plugin.ts';

export interface LifecycleOptions {
  /** Seconds that a plugin may take to load, and to unload. */
  readonly deadline: number;
  readonly log: Log;
  /** What every plugin works with. */
  readonly context: Omit<PluginContext<never>, 'settings' | 'log' | 'recovered'>;
  /** Told that an instance of this plugin recovered. */
  readonly onRecovered: (plugin: Plugin) => void;
}

/** Seconds beside its grace in which a plugin has to leave when the program ends. */
const AT_THE_END = 2;

/** Loads and unloads plugins, neither for longer than a deadline. */
export class Lifecycle {
  readonly #options: LifecycleOptions;
  /** Gives up what is being loaded, each. */
  readonly #loads = new Set<(reason: Error) => void>();
  #givenUpFor: Error | null = null;

  constructor(options: LifecycleOptions) {
    this.#options = options;
  }

  /** Whether nothing is loaded any more. */
  get isGivenUp(): boolean {
    return this.#givenUpFor !== null;
  }

  /** Rejects with what the plugin throws, when it takes too long, and when loads are given up. */
  async load(plugin: Plugin, settings: unknown): Promise<PluginInstance> {
    const { context, log, onRecovered } = this.#options;
    if (this.#givenUpFor) throw this.#givenUpFor;
    const loading = (async () =>
      // The settings are of this plugin's own table.
      plugin.load({
        ...{ ...context, log: log.child({ plugin: plugin.name }), settings: settings as never },
        recovered: () => onRecovered(plugin),
      }))();
    let giveUp: (reason: Error) => void = () => {};
    const givenUp = new Promise<never>((_, reject) => {
      giveUp = reject;
    });
    this.#loads.add(giveUp);
    try {
      return await this.#inTime(Promise.race([loading, givenUp]), 'it was not ready');
    } catch (fault) {
      // It may become ready yet.
      loading.then(
        (instance) => this.unload(plugin, instance),
        () => {},
      );
      throw fault;
    } finally {
      this.#loads.delete(giveUp);
    }
  }

  /**
   * What it undoes at once is undone when this returns; a fault is logged. When the program ends a plugin gets little
   * more time than it asks for: the store has to be closed after it.
   */
  async unload(plugin: Plugin, instance: PluginInstance | null, isEnding = false): Promise<void> {
    const { deadline } = this.#options;
    try {
      const left = instance?.unload?.(isEnding);
      const most = isEnding ? Math.min(deadline, (instance?.grace ?? 0) + AT_THE_END) : deadline;
      if (isPromise(left)) await this.#inTime(left, 'it did not leave', most);
    } catch (fault) {
      this.#options.log.error({ err: fault, plugin: plugin.name }, 'unloading a plugin failed');
    }
  }

  /** Fails all that is being loaded, and whatever is to be loaded from now on. */
  giveUp(reason: Error): void {
    this.#givenUpFor = reason;
    for (const giveUp of this.#loads) giveUp(reason);
  }

  async #inTime<T>(act: Promise<T>, complaint: string, deadline = this.#options.deadline): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const fault = new Error(`${complaint} within ${deadline} seconds`);
      timer = setTimeout(() => reject(fault), deadline * 1000);
    });
    try {
      return await Promise.race([act, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
