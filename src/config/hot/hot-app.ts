import { isDeepStrictEqual } from 'node:util';
import { BrokerError, badInput, type ConfigValue, limitExceeded, type MaybePromise, shown } from '../../domain.ts';
import { ConfigError } from '../config-error.ts';
import { waysToSet } from '../known-names.ts';
import { type Given, give, type Layer, type Source } from '../layer.ts';
import { isBoth, isSetting, rowsOf, type Setting, type SettingGroup, type Values } from '../setting.ts';
import { valuesOf } from '../values.ts';
import { MASK, readText, safeValue, textOf } from './setting-text.ts';

/** Settings that belong together: those of the broker, of a door, or of a plugin. */
export interface AppOptions<Table extends SettingGroup> {
  readonly app: string;
  readonly table: Table;
  /** What flags, environment and file say of them. */
  readonly given: Layer;
  /**
   * Takes other values into use. Where it rejects, nothing has changed. Without it, whoever is concerned reads the values
   * that `register` answered whenever they are needed.
   */
  readonly apply?: (values: Values<Table>) => MaybePromise<void>;
}

/** Overrides by their settings. */
export type Overrides = ReadonlyMap<Setting<unknown>, Given>;

/** Overrides as they would be, and the settings that this is about. */
export interface Wanted {
  readonly overrides: Overrides;
  readonly rows: readonly Setting<unknown>[];
}

/** Bytes of one value as text. */
const LONGEST_VALUE = 64 * 1024;

/** The settings of one app, with what they are now. */
export class HotApp {
  readonly name: string;
  readonly rows: ReadonlyMap<string, Setting<unknown>>;
  /** What they are now, or will be when a change that is under way is done; frozen. */
  values: unknown;
  /** What they are now, in one object that changes. */
  readonly live: unknown;
  /** The last change that is under way, or was. */
  turn: Promise<unknown> = Promise.resolve();
  readonly #options: AppOptions<SettingGroup>;
  #overrides: Overrides;

  constructor(options: AppOptions<SettingGroup>, overrides: Overrides) {
    this.name = options.app;
    this.#options = options;
    this.rows = new Map(rowsOf(options.table).map((row) => [row.path, row]));
    this.#overrides = overrides;
    this.values = this.valuesWith(overrides);
    this.live = {};
    assign(options.table, this.live, this.values);
  }

  get overrides(): Overrides {
    return this.#overrides;
  }

  /** What the settings would be with these overrides. Refuses with BAD_USER_INPUT what does not go together. */
  valuesWith(overrides: Overrides): unknown {
    try {
      return valuesOf(this.#options.table, (row) => overrides.get(row) ?? this.#options.given.get(row));
    } catch (error) {
      if (error instanceof ConfigError) throw new BrokerError('BAD_USER_INPUT', error.sentence);
      throw error;
    }
  }

  async apply(values: unknown): Promise<void> {
    await this.#options.apply?.(values as never);
  }

  /** From now on these are the overrides, and these the values. */
  take(overrides: Overrides, values: unknown): void {
    this.#overrides = overrides;
    this.values = values;
    assign(this.#options.table, this.live, values);
  }

  valueOf(row: Setting<unknown>): unknown {
    const given = this.#overrides.get(row) ?? this.#options.given.get(row);
    return given ? given.value : row.default;
  }

  sourceOf(row: Setting<unknown>): Source {
    return (this.#overrides.get(row) ?? this.#options.given.get(row))?.source ?? 'DEFAULT';
  }

  #row(key: string): Setting<unknown> {
    // EMQ X 3 has allow_anonymous, acl_nomatch and acl_deny_action in no section.
    const row = this.rows.get(key) ?? this.rows.get(`mqtt.${key}`);
    if (row) return row;
    const sentence = `'${shown(this.name)}' has no setting '${shown(key)}'`;
    throw new BrokerError('BAD_USER_INPUT', sentence, { argument: 'key', value: shown(key) });
  }

  /** What follows from giving settings these values, beside the overrides that there are. */
  setting(values: readonly ConfigValue[]): Wanted {
    const overrides = new Map(this.#overrides);
    const rows = this.#rowsOf(values);
    for (const [i, row] of rows.entries()) {
      if (row.needsRestart) throw fixed(row);
      this.#override(overrides, row, values[i]?.value);
    }
    return { overrides, rows };
  }

  /** What follows from giving settings these values, and the others none. */
  replacing(values: readonly ConfigValue[]): Wanted {
    const overrides = new Map<Setting<unknown>, Given>();
    for (const [i, row] of this.#rowsOf(values).entries()) {
      const value = values[i]?.value;
      if (row.needsRestart && !this.#isShownAs(row, value)) throw fixed(row);
      // A list of all settings has them in it, and so has what is made of it.
      if (row.needsRestart || ((value === '' || value === null) && row.default === null)) continue;
      this.#override(overrides, row, value);
    }
    return { overrides, rows: [...this.rows.values()].filter(({ needsRestart }) => !needsRestart) };
  }

  /** What follows from taking overrides away. */
  resetting(keys: readonly string[]): Wanted {
    const rows = keys.map((key) => this.#row(key));
    const overrides = new Map(this.#overrides);
    for (const row of rows) overrides.delete(row);
    return { overrides, rows };
  }

  /** Whether a list has this for the value of a setting, as text or as it is. */
  #isShownAs(row: Setting<unknown>, value: unknown): boolean {
    const now = this.valueOf(row);
    return value === textOf(row, now) || isDeepStrictEqual(value, safeValue(row, now));
  }

  #rowsOf(values: readonly ConfigValue[]): readonly Setting<unknown>[] {
    const rows = values.map(({ key }) => this.#row(key));
    const twice = rows.find((row, i) => rows.indexOf(row) < i);
    if (twice) throw badInput('key', twice.path, 'given once');
    return rows;
  }

  #override(overrides: Map<Setting<unknown>, Given>, row: Setting<unknown>, value: unknown): void {
    if (!row.secret || value !== MASK) {
      overrides.set(row, checked(row, value));
      return;
    }
    const known = this.#overrides.get(row);
    if (known) overrides.set(row, known);
  }
}

/**
 * Leaves out overrides that do not go together, with each other or with what else is said; `tell` is told of each, and
 * why.
 */
export function compatible(
  options: AppOptions<SettingGroup>,
  overrides: Overrides,
  tell: (row: Setting<unknown>, reason: string) => void,
): Overrides {
  try {
    valuesOf(options.table, (row) => overrides.get(row) ?? options.given.get(row));
    return overrides;
  } catch (error) {
    const { paths, sentence } = error instanceof ConfigError ? error : { paths: [], sentence: '' };
    const atFault = paths.flatMap((path) => [...overrides.keys()].filter((row) => row.path === path))[0];
    if (!atFault) throw error;
    tell(atFault, sentence);
    return compatible(options, new Map([...overrides].filter(([row]) => row !== atFault)), tell);
  }
}

/** What somebody wants a setting to be. Refuses what it may not be with BAD_USER_INPUT or LIMIT_EXCEEDED. */
function checked(row: Setting<unknown>, value: unknown): Given {
  const isText = typeof value === 'string';
  const length = Buffer.byteLength(isText ? value : (JSON.stringify(value) ?? ''));
  if (length > LONGEST_VALUE) throw limitExceeded(row.path, length, LONGEST_VALUE, 'bytes');
  const display = isText ? `'${shown(value)}'` : shown(value);
  return override(row, isText ? readText(row, value) : value, display);
}

/** An override with a value that is checked. Refuses it with BAD_USER_INPUT. */
export function override(row: Setting<unknown>, value: unknown, display = shown(value)): Given {
  try {
    return give(row, value, display, { source: 'OVERRIDE', origin: row.path });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const details = row.secret ? { argument: 'value' } : { argument: 'value', value: display };
    throw new BrokerError('BAD_USER_INPUT', error.sentence, details);
  }
}

const fixed = (row: Setting<unknown>): BrokerError =>
  new BrokerError('PROTECTED', `${row.path} cannot change while the program runs; ${waysToSet(row)}`, {
    argument: 'key',
    value: row.path,
  });

/** Puts the values of a table into an object that has its shape, or will have. */
function assign(table: SettingGroup, live: unknown, values: unknown): void {
  const into = live as Record<string, unknown>;
  for (const [key, part] of Object.entries(table)) {
    const value = (values as Record<string, unknown>)[key];
    if (isSetting(part) || isBoth(part)) into[key] = value;
    else {
      into[key] ??= {};
      assign(part, into[key], value);
    }
  }
}
