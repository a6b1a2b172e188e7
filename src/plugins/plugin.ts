import type { AlarmPort } from '../alarms/alarm.ts';
import type { Hooks } from '../broker/hooks.ts';
import type { MqttBroker } from '../broker/mqtt-broker.ts';
import type { SettingGroup, Values } from '../config/setting.ts';
import type { Log } from '../log.ts';
import type { MaybePromise } from '../maybe-promise.ts';
import type { Store } from '../store/key-space.ts';

/** The kinds of EMQ X 3.2. */
export type PluginType = 'auth' | 'protocol' | 'backend' | 'bridge' | 'feature';

/** What a plugin works with while it is loaded. */
export interface PluginContext<Settings> {
  /** Checked and complete. A change of them loads the plugin anew, so these stay as they are. */
  readonly settings: Settings;
  readonly broker: MqttBroker;
  /** Its key-spaces are named after it. */
  readonly store: Store;
  readonly alarms: AlarmPort;
  readonly log: Log;
  /** Tells that what it was last refused for at a load anew is mended: its failure and the alarm of it are over. */
  readonly recovered: () => void;
  readonly nodeName: string;
  /** The data folder, to which the paths of its files are relative. */
  readonly dataDir: string;
}

/**
 * A loaded plugin. Until the host takes it into use nothing of it may show: at a reload the one before is still there
 * then. What it is asked is in `hooks`.
 */
export interface PluginInstance {
  readonly hooks?: Hooks;
  /** Seconds that `unload` may take on purpose, at most 20; none unless given. The end of the program waits for them. */
  readonly grace?: number;
  /** What it counts, by names in camelCase, for who looks whether it does its work; whole numbers. */
  figures?(): Readonly<Record<string, number>>;
  /** Takes it into use, in the same turn in which the one before leaves. Does not throw. */
  start?(): void;
  /**
   * Undoes everything that `load` and `start` did; what it keeps over a restart stays in the store. Verdicts that were
   * asked for before must still come, unless the program ends: nobody is connected any more then.
   */
  unload?(isEnding: boolean): MaybePromise<void>;
}

/** A plugin that is shipped. */
export interface Plugin<Table extends SettingGroup = SettingGroup> {
  /** As EMQ X names it, `emqx_retainer`. */
  readonly name: string;
  readonly version: string;
  /** A few words, as the list shows them. */
  readonly description: string;
  readonly type: PluginType;
  /** Rows without a flag or a variable; their paths are whole keys, such as `retainer.max_payload_size`. */
  readonly settings: Table;
  /** Its place among those that are asked: lower ones first. */
  readonly order: number;
  readonly isActiveAtFirst: boolean;
  /** It cannot be unloaded: what it does is how one would load it again. */
  readonly isPermanent: boolean;
  /** Makes it ready. Whatever it throws is the reason that it stays inactive; a sentence without secrets. */
  load(context: PluginContext<Values<Table>>): MaybePromise<PluginInstance>;
}

/** A plugin whose settings are no longer named in its type. */
export const plugin = <Table extends SettingGroup>(definition: Plugin<Table>): Plugin =>
  definition as unknown as Plugin;
