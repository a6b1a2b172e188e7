import { isDeepStrictEqual } from 'node:util';
import { BrokerError, type ConfigChange, type ConfigItem, shown, storeFailed } from '../../domain.ts';
import { Signal } from '../../signal.ts';
import type { Change, Store } from '../../store/key-space.ts';
import type { Source } from '../layer.ts';
import { rowsOf, type Setting, type SettingGroup, type Values } from '../setting.ts';
import { describeSetting } from './describe-setting.ts';
import { type AppOptions, compatible, HotApp, type Overrides, override, type Wanted } from './hot-app.ts';

/** A setting that is another one now, or has its value from somebody else. Secrets are masked. */
export interface SettingChange {
  readonly app: string;
  readonly key: string;
  readonly before: unknown;
  readonly value: unknown;
  readonly source: Source;
  /** Who changed it; null when that is not known. */
  readonly by: string | null;
}

export interface HotSettingsOptions {
  /** Told of a stored override that counts no longer, and why. */
  readonly onPassedOver: (app: string, key: string, reason: string) => void;
  readonly onFault: (fault: unknown) => void;
}

/** An override as it is stored, under `app/key`. */
interface Kept {
  readonly value: unknown;
}

type Item = Omit<ConfigItem, 'nodeName'>;

const SPACE = 'settings';
const keyOf = (app: string, key: string): string => `${app}/${key}`;

/**
 * Settings that change while the program runs. What somebody sets overrides flags, environment and file, over restarts
 * too, until it is reset. A change is checked, taken into use and stored, or nothing changes; those of one app are made
 * one after the other.
 */
export class HotSettings {
  readonly changed: Signal<[change: SettingChange]>;
  readonly #store: Store;
  readonly #options: HotSettingsOptions;
  /** What is stored, and not yet registered. */
  readonly #kept: Map<string, unknown>;
  readonly #apps = new Map<string, HotApp>();

  constructor(store: Store, kept: ReadonlyMap<string, unknown>, options: HotSettingsOptions) {
    this.#store = store;
    this.#kept = new Map(kept);
    this.#options = options;
    this.changed = new Signal(options.onFault);
  }

  /** Reads the overrides of a store. */
  static async open(store: Store, options: HotSettingsOptions): Promise<HotSettings> {
    const kept = new Map<string, unknown>();
    for await (const [key, { value }] of store.space<Kept>(SPACE).entries()) kept.set(key, value);
    return new HotSettings(store, kept, options);
  }

  /**
   * Lists the settings of an app. Answers their values in one object, of which every property that is read anew is what
   * it is then. An override that its table refuses by now, or that does not go with the others, is passed over, and stays
   * stored.
   */
  register<Table extends SettingGroup>(options: AppOptions<Table>): Values<Table> {
    const plain = options as unknown as AppOptions<SettingGroup>;
    const stored = this.#overridesOf(options.app, rowsOf(options.table));
    const overrides = compatible(plain, stored, ({ path }, reason) =>
      this.#options.onPassedOver(options.app, path, reason),
    );
    const app = new HotApp(plain, overrides);
    this.#apps.set(app.name, app);
    return app.live as Values<Table>;
  }

  #overridesOf(app: string, rows: readonly Setting<unknown>[]): Overrides {
    const overrides = new Map<Setting<unknown>, ReturnType<typeof override>>();
    for (const row of rows) {
      const key = keyOf(app, row.path);
      if (!this.#kept.has(key)) continue;
      const value = this.#kept.get(key);
      this.#kept.delete(key);
      try {
        if (row.needsRestart) throw new Error('it cannot change while the program runs');
        overrides.set(row, override(row, value));
      } catch (error) {
        this.#options.onPassedOver(app, row.path, (error as Error).message);
      }
    }
    return overrides;
  }

  /** Everybody has registered: whatever else is stored is of nobody. */
  begin(): void {
    for (const key of this.#kept.keys()) {
      const slash = key.indexOf('/');
      this.#options.onPassedOver(key.slice(0, slash), key.slice(slash + 1), 'there is no such setting');
    }
    this.#kept.clear();
  }

  has(app: string): boolean {
    return this.#apps.has(app);
  }

  /** The values of an app as they are now, frozen. */
  valuesOf(app: string): unknown {
    return this.#app(app).values;
  }

  /** The settings of an app, or with null of all, in the order in which they were registered. Refuses with NOT_FOUND. */
  list(name: string | null): readonly Item[] {
    const apps = name === null ? [...this.#apps.values()] : [this.#app(name)];
    return apps.flatMap((app) => Array.from(app.rows.values(), (row) => describeSetting(app, row)));
  }

  /**
   * Changes settings of an app; `by` is who wants it. Answers those that it was about. Refuses with NOT_FOUND for an
   * unknown app, BAD_USER_INPUT or LIMIT_EXCEEDED for an unknown key or a value that may not be, PROTECTED for a setting
   * that needs a restart, UNAVAILABLE, and as the app refuses the values; nothing has changed then.
   */
  async change(change: ConfigChange, by: string | null): Promise<readonly Item[]> {
    const app = this.#app(change.app);
    const done = app.turn.then(() => this.#change(app, wantedBy(app, change), by));
    app.turn = done.catch(() => {});
    return done;
  }

  #app(name: string): HotApp {
    const app = this.#apps.get(name);
    if (app) return app;
    throw new BrokerError('NOT_FOUND', `app '${shown(name)}' is unknown`, { argument: 'app', value: shown(name) });
  }

  async #change(app: HotApp, { overrides, rows }: Wanted, by: string | null): Promise<readonly Item[]> {
    const before = app.values;
    const values = app.valuesWith(overrides);
    const isOther = !isDeepStrictEqual(values, before);
    // Whoever asks while this is under way, such as a plugin that is being loaded, gets those that will be.
    if (isOther) app.values = values;
    try {
      if (isOther) await app.apply(values);
      await this.#store.batch(rows.map((row) => changeOf(app, row, overrides))).catch(async (fault) => {
        // What was taken into use leaves again.
        if (isOther) await app.apply(before).catch(this.#options.onFault);
        throw storeFailed(fault);
      });
    } catch (refused) {
      app.values = before;
      throw refused;
    }
    const were = rows.map((row) => ({ row, raw: app.valueOf(row), was: describeSetting(app, row) }));
    app.take(overrides, values);
    for (const { row, raw, was } of were) {
      const { source, value } = describeSetting(app, row);
      if (source === was.source && isDeepStrictEqual(app.valueOf(row), raw)) continue;
      this.changed.tell({ app: app.name, key: row.path, before: was.value, value, source, by });
    }
    return rows.map((row) => describeSetting(app, row));
  }

  /** Resolves when no change is under way. */
  async settle(): Promise<void> {
    await Promise.all(Array.from(this.#apps.values(), ({ turn }) => turn));
  }
}

function wantedBy(app: HotApp, change: ConfigChange): Wanted {
  if ('set' in change) return app.setting(change.set);
  return 'replace' in change ? app.replacing(change.replace) : app.resetting(change.reset);
}

function changeOf(app: HotApp, row: Setting<unknown>, overrides: Overrides): Change {
  const at = { space: SPACE, key: keyOf(app.name, row.path) };
  const given = overrides.get(row);
  return given ? { type: 'put', ...at, value: { value: given.value } satisfies Kept } : { type: 'delete', ...at };
}
