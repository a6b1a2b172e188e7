import type { Restriction } from './restriction.ts';

/** Who said what a setting is: the one before goes before those behind it. */
export type ConfigSource = 'OVERRIDE' | 'FLAG' | 'ENVIRONMENT' | 'FILE' | 'DEFAULT';

/** A setting of a node. */
export interface ConfigItem {
  readonly nodeName: string;
  /** What it belongs to: `emqx`, a door or a plugin. */
  readonly app: string;
  readonly key: string;
  /** As JSON; null when it is unset, six asterisks for a secret. */
  readonly value: unknown;
  /** As text; empty when it is unset. */
  readonly text: string;
  readonly isSet: boolean;
  readonly defaultValue: unknown;
  /** As EMQ X 3 calls it. */
  readonly datatype: string;
  readonly description: string;
  /** What it may be, behind "must be". */
  readonly range: string;
  /** The words that it is one of; empty when it is not that kind. */
  readonly choices: readonly string[];
  readonly source: ConfigSource;
  readonly needsRestart: boolean;
  readonly isSecret: boolean;
  /** What a connected MQTT client sees of a change; null where it is nothing, or is for a plugin to say. */
  readonly effect: string | null;
  /** Its environment variable. */
  readonly variable: string | null;
  readonly flag: string | null;
}

export type ConfigFilter = Restriction<{ app: string; key: string }>;

/** What somebody wants a setting to be: JSON, or text that says it. */
export interface ConfigValue {
  readonly key: string;
  readonly value: unknown;
}

/** What is to be changed of an app's settings: some of them, all of them, or overrides that are to go. */
export type ConfigChange = { readonly app: string } & (
  | { readonly set: readonly ConfigValue[] }
  | { readonly replace: readonly ConfigValue[] }
  | { readonly reset: readonly string[] }
);
