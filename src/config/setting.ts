import type { z } from 'zod';

/**
 * One setting: where it may be given, what it may be, and what it is when nobody gives it.
 * `V` is the type of the value that a program reads.
 */
export interface Setting<V> {
  readonly kind: 'setting';
  /** Place in the YAML file, sections split by dots: `mqtt.ws_port`. */
  readonly path: string;
  /** Environment variable, or null when the environment cannot set it. */
  readonly env: string | null;
  /** Flag with its dashes, or null when no flag can set it. */
  readonly flag: string | null;
  /** Checks a value; its description finishes the sentence "… must be". */
  readonly type: z.ZodType<V>;
  /** Null where the setting may be unset. */
  readonly default: V | null;
  /** A secret's value is never shown, and an empty variable does not count as unset. */
  readonly secret: boolean;
  /** Path of the setting without which this one means nothing; null when it stands alone. */
  readonly needs: string | null;
  /** One sentence for `--help`. */
  readonly description: string;
  /** Whether another value counts from the next start on only. */
  readonly needsRestart: boolean;
  /** What an MQTT client sees when the value changes while it is connected, in sentences; null where it is nothing. */
  readonly effect: string | null;
}

/** Settings that are given together or not at all; all unset reads as null. */
export interface Both<M> {
  readonly kind: 'both';
  readonly members: M;
}

/** What a program reads of a table of settings: the table's own shape, with values in place of rows. */
export type Values<T> =
  T extends Setting<infer V>
    ? V
    : T extends Both<infer M>
      ? { readonly [K in keyof M]: Values<M[K]> } | null
      : { readonly [K in keyof T]: Values<T[K]> };

/** A table, or a part of one: rows, pairs and named groups of them. */
export type SettingTree = Setting<unknown> | Both<SettingGroup> | SettingGroup;

/** Named parts of a table. */
export interface SettingGroup {
  readonly [key: string]: SettingTree;
}

type Row<V> = Pick<Setting<V>, 'path' | 'env' | 'flag' | 'type' | 'description'> &
  Partial<Pick<Setting<V>, 'secret' | 'needs' | 'needsRestart' | 'effect'>>;

/** What holds of a row that says nothing else. */
const usual = { kind: 'setting', secret: false, needs: null, needsRestart: false, effect: null } as const;

/** A row with a default. */
export function setting<V>(row: Row<V> & { readonly default: NoInfer<V> }): Setting<V> {
  return { ...usual, ...row };
}

/** A row that reads as null when nobody gives it. */
export function optional<V>(row: Row<V>): Setting<V | null> {
  return { ...usual, default: null, ...row };
}

/** A member of `both`: a row without a flag or a default. `secret` keeps its value out of every message. */
export function credential<V>(row: Omit<Row<V>, 'flag'> & { readonly secret: boolean }): Setting<V> {
  return { ...usual, flag: null, default: null, ...row };
}

/** Binds settings that make sense only together, such as an id and its secret. */
export function both<M extends SettingGroup>(members: M): Both<M> {
  return { kind: 'both', members };
}

/** Tells a row from a group of rows. */
export function isSetting(tree: SettingTree): tree is Setting<unknown> {
  return tree.kind === 'setting';
}

/** Whether the setting is a list of texts. */
export function isList(row: Setting<unknown>): boolean {
  return Array.isArray(row.default);
}

/** Tells a pair from a group of rows. */
export function isBoth(tree: SettingTree): tree is Both<SettingGroup> {
  return tree.kind === 'both';
}

/** Every row of a table, in the order of the table. */
export function rowsOf(tree: SettingTree): readonly Setting<unknown>[] {
  if (isSetting(tree)) return [tree];
  return Object.values(isBoth(tree) ? tree.members : tree).flatMap(rowsOf);
}
