import type { Log } from '../log.ts';
import { isPromise } from '../maybe-promise.ts';
import type { Plugin, PluginContext, PluginInstance } from './plugin.ts';

export interface LifecycleOptions {
  /** Seconds that a plugin may take to load, and to unload. */
  readonly deadline: number;
  readonly log: Log;
  /** What every plugin works with. */
  readonly context: Omit<PluginContext<never>, 'settings' | 'log'>;
}

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
    const { context, log } = this.#options;
    if (this.#givenUpFor) throw this.#givenUpFor;
    const loading = (async () =>
      // The settings are of this plugin's own table.
      plugin.load({ ...context, log: log.child({ plugin: plugin.name }), settings: settings as never }))();
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

  /** What it undoes at once is undone when this returns; a fault is logged. */
  async unload(plugin: Plugin, instance: PluginInstance | null): Promise<void> {
    try {
      const left = instance?.unload?.();
      if (isPromise(left)) await this.#inTime(left, 'it did not leave');
    } catch (fault) {
      this.#options.log.error({ err: fault, plugin: plugin.name }, 'unloading a plugin failed');
    }
  }

  /** Fails all that is being loaded, and whatever is to be loaded from now on. */
  giveUp(reason: Error): void {
    this.#givenUpFor = reason;
    for (const giveUp of this.#loads) giveUp(reason);
  }

  async #inTime<T>(act: Promise<T>, complaint: string): Promise<T> {
    const { deadline } = this.#options;
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
