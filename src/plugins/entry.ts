import type { Hooks } from '../broker/hooks.ts';
import type { Plugin, PluginInstance } from './plugin.ts';

/** Something that a plugin counts, named in camelCase. */
export interface PluginFigure {
  readonly name: string;
  readonly value: number;
}

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
  /** What it counts while it is active. */
  readonly figures: readonly PluginFigure[];
}

/** What the host knows of a plugin. */
export interface Entry {
  readonly plugin: Plugin;
  /** Its place among those that are asked: whoever is in the middle of a question goes on with the newest instance. */
  readonly hooks: Hooks;
  instance: PluginInstance | null;
  /** Asked while a plugin that should judge clients could not be loaded. */
  guard: Hooks | null;
  failure: string | null;
  loadedAt: number | null;
  /** What is being done with it. */
  deed: Promise<unknown> | null;
}

/** Who is asked in the place of this plugin; undefined is nobody. */
export const judgeOf = ({ guard, instance }: Entry): Hooks | undefined => guard ?? instance?.hooks;

/** A plugin that is not active. */
export function createEntry(plugin: Plugin): Entry {
  const hooks: Hooks = {
    get judge() {
      return judgeOf(entry);
    },
    refuse: (...asked) => judgeOf(entry)?.refuse?.(...asked),
    authenticate: (...asked) => judgeOf(entry)?.authenticate?.(...asked) ?? 'ignore',
  };
  const entry: Entry = { plugin, hooks, instance: null, guard: null, failure: null, loadedAt: null, deed: null };
  return entry;
}

export const stateOf = ({ plugin, instance, failure, loadedAt }: Entry): PluginState => ({
  name: plugin.name,
  version: plugin.version,
  description: plugin.description,
  type: plugin.type,
  active: instance !== null,
  isPermanent: plugin.isPermanent,
  failure,
  loadedAt,
  figures: Object.entries(instance?.figures?.() ?? {}).map(([name, value]) => ({ name, value })),
});
