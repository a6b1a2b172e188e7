import { type ErrorCode, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import { shown } from '../refusals.ts';
import { ConfigError } from './config-error.ts';
import { type Given, give, isNumeric, type Layer } from './layer.ts';
import { isList, rowsOf, type Setting, type SettingGroup } from './setting.ts';

/** A section of the file: its keys, each a setting or a section of its own. */
type Section = ReadonlyMap<string, Entry>;
type Entry = Setting<unknown> | Section;

/**
 * Reads the section of plugins by their tables, of which each has the name of its plugin. Throws ConfigError as
 * `readYaml` does.
 */
export type PluginSection = (tables: ReadonlyMap<string, SettingGroup>) => Layer;

/** What a YAML file says. */
export interface YamlFile {
  readonly layer: Layer;
  readonly plugins: PluginSection;
}

const PLUGINS = 'plugins';

/**
 * What a YAML file says. An empty file says nothing, and so does a section without keys.
 * Refuses text that is not YAML, an unknown or repeated key, and a wrong value; `name` begins each of these lines.
 */
export function readYaml(rows: readonly Setting<unknown>[], name: string, text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    resolveKnownTags: false,
    // Repeated keys are found below, where their full name is known.
    uniqueKeys: false,
  });
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault !== undefined) throw notYaml(fault.pos[0], fault.code);
  const layer = new Map<Setting<unknown>, Given>();
  let plugins: unknown = null;
  const root = target(document.contents);
  if (isMap(root)) readSection(root, new Map<string, Entry>([...sectionsOf(rows), [PLUGINS, new Map()]]), '', layer);
  else if (!isNull(root)) throw new ConfigError(`${shown(name)}: must be a map of settings, not ${kindOf(root)}`);
  return { layer, plugins: readPlugins };

  function readPlugins(tables: ReadonlyMap<string, SettingGroup>): Layer {
    const found = new Map<Setting<unknown>, Given>();
    const section = new Map([...tables].map(([plugin, table]) => [plugin, keysOf(rowsOf(table))] as const));
    if (isMap(plugins)) readSection(plugins, section, PLUGINS, found);
    else if (!isNull(plugins)) throw notSection(PLUGINS, section, plugins);
    return found;
  }

  function notSection(path: string, section: Section, node: unknown): ConfigError {
    const known = section.size === 0 ? '' : ` of ${[...section.keys()].join(', ')}`;
    return new ConfigError(`${shown(name)}: ${path} must be a map${known}, not ${kindOf(node)}`);
  }

  function readSection(map: YAMLMap, section: Section, at: string, layer: Map<Setting<unknown>, Given>): void {
    const seen = new Set<string>();
    for (const pair of map.items) {
      const key = keyText(pair.key);
      const path = at === '' ? key : `${at}.${key}`;
      const entry = section.get(key);
      if (entry === undefined) throw unknownKey(name, path, section, at);
      if (seen.has(key)) throw new ConfigError(`${shown(name)}: key '${path}' is given twice; a key may stand once`);
      seen.add(key);
      const node = target(pair.value);
      if (!isSection(entry)) {
        const from = { source: 'FILE', origin: `${shown(name)}: ${path}` } as const;
        layer.set(entry, give(entry, readValue(node, entry), display(node, entry), from));
      } else if (path === PLUGINS) plugins = node;
      else if (isMap(node)) readSection(node, entry, path, layer);
      else if (!isNull(node)) throw notSection(path, entry, node);
    }
  }

  function readValue(node: unknown, row: Setting<unknown>): unknown {
    if (isSeq(node) && isList(row)) return node.items.map((item) => scalarOf(target(item), row));
    return scalarOf(node, row);
  }

  function target(node: unknown): unknown {
    if (!isAlias(node)) return node;
    const found = node.resolve(document);
    if (found === undefined) throw notYaml(node.range?.[0] ?? 0, 'BAD_ALIAS');
    return found;
  }

  // The parser's own sentence may quote the text, such as a password that begins with * or !.
  function notYaml(offset: number, code: ErrorCode): ConfigError {
    const reason = code.toLowerCase().replaceAll('_', ' ');
    const place = `${shown(name)}: line ${lines.linePos(offset).line}`;
    return new ConfigError(`${place} is not YAML (${reason}); text with special characters needs quotes`);
  }
}

function sectionsOf(rows: readonly Setting<unknown>[]): Section {
  const root = new Map<string, Entry>();
  for (const row of rows) {
    const names = row.path.split('.');
    const last = names.pop()!;
    let section = root;
    for (const name of names) {
      const inner = new Map(section.get(name) as Section | undefined);
      section.set(name, inner);
      section = inner;
    }
    section.set(last, row);
  }
  return root;
}

/** The keys of a plugin, each of them whole. */
function keysOf(rows: readonly Setting<unknown>[]): Section {
  return new Map(rows.map((row) => [row.path, row]));
}

function isSection(entry: Entry): entry is Section {
  return entry instanceof Map;
}

function unknownKey(name: string, path: string, section: Section, at: string): ConfigError {
  // `{secret:x}` without a space is one long key that holds the secret; no known key has a colon.
  const colon = path.indexOf(':');
  const safe = colon === -1 ? path : `${path.slice(0, colon)}:…`;
  const where = at === '' ? 'known keys' : `known keys of '${at}'`;
  return new ConfigError(`${shown(name)}: unknown key '${shown(safe)}'; ${where}: ${[...section.keys()].join(', ')}`);
}

function isNull(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}

function keyText(key: unknown): string {
  if (!isScalar(key)) return kindOf(key);
  return typeof key.value === 'string' ? key.value : (key.source ?? 'null');
}

// `profile: 3.0` and `secret: 0123` mean the text as it is written, not the number 3 or 123.
function scalarOf(node: unknown, row: Setting<unknown>): unknown {
  if (!isScalar(node)) return node;
  const asWritten = typeof node.value === 'number' && !isNumeric(row) ? node.source : undefined;
  return asWritten ?? node.value;
}

function display(node: unknown, row: Setting<unknown>): string {
  if (isNull(node)) return 'null';
  if (!isScalar(node)) return kindOf(node);
  if (typeof node.value !== 'string') return shown(node.source ?? node.value);
  return `${isNumeric(row) ? 'the text ' : ''}'${shown(node.value)}'`;
}

function kindOf(node: unknown): string {
  if (isMap(node)) return 'a map';
  if (isSeq(node)) return 'a list';
  if (!isScalar(node) || node.value === null) return 'null';
  return typeof node.value === 'string' ? 'text' : `a ${typeof node.value}`;
}
