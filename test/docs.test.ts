import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { ListAllApiDocument } from '../rest-facade/__generated__/operations.ts';
import { forRelease } from '../rest-facade/releases.ts';
import { table } from '../rest-facade/table/index.ts';
import { parseCommand } from '../src/config/command.ts';
import { configTables } from '../src/config/hot/register-config.ts';
import { rowsOf } from '../src/config/setting.ts';
import { settings } from '../src/config/settings.ts';
import { packageRoot } from '../src/package.ts';
import { shippedTables } from '../src/plugins/index.ts';

interface ContractScript {
  contractPage(facade: {
    readonly table: typeof table;
    readonly ListAllApiDocument: typeof ListAllApiDocument;
    readonly forRelease: typeof forRelease;
  }): string;
}

interface ConfigurationScript {
  configurationPage(given: {
    readonly tables: typeof configTables;
    readonly plugins: ReturnType<typeof shippedTables>;
    readonly rowsOf: typeof rowsOf;
  }): string;
}

// Plain scripts, so that they run without being compiled.
const scripts: readonly [string, string] = ['../scripts/contract.js', '../scripts/configuration.js'];
const { contractPage } = (await import(scripts[0])) as ContractScript;
const { configurationPage } = (await import(scripts[1])) as ConfigurationScript;

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');
const inFolder = (folder: string, ending: string): string[] =>
  readdirSync(join(packageRoot, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`);

const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...['docs', 'docs/plugins'].flatMap((folder) => inFolder(folder, '.md')),
];

/** What stands between the fences of one language. */
const fenced = (page: string, language: string): string[] =>
  Array.from(read(page).matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms')), ([, text = '']) => text);

/** Page, first line and text of everything between the fences of one language. */
const fences = (language: string): (readonly [string, string, string])[] =>
  pages.flatMap((page) => fenced(page, language).map((text) => [page, text.split('\n', 1)[0] ?? '', text] as const));

/** A heading as the fragment of a link to it. */
const fragment = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

const fragmentsOf = (page: string): string[] =>
  Array.from(read(page).matchAll(/^#+ (.+)$/gm), ([, heading = '']) => fragment(heading));

const linksOf = (page: string): string[] =>
  Array.from(read(page).matchAll(/\]\(([^)\s]+)\)/g), ([, link = '']) => link).filter((link) => !/^[a-z]+:/.test(link));

describe('docs/contract.md', () => {
  test('is what scripts/contract.js makes of the table', () => {
    expect(read('docs/contract.md')).toBe(contractPage({ table, ListAllApiDocument, forRelease }));
  });
});

describe('docs/configuration.md', () => {
  test('is what scripts/configuration.js makes of the settings', () => {
    const page = configurationPage({ tables: configTables, plugins: shippedTables(), rowsOf });
    expect(read('docs/configuration.md')).toBe(page);
  });

  test('names every setting', () => {
    const rows = [...Object.values(configTables), ...shippedTables().values()].flatMap(rowsOf);
    const named = new Set(Array.from(read('docs/configuration.md').matchAll(/^### `(.+)`$/gm), ([, key]) => key));
    expect(rows.filter(({ path }) => !named.has(path)).map(({ path }) => path)).toEqual([]);
  });

  test('says of every setting of MQTT that can change what a client sees', () => {
    const silent = rowsOf(settings.mqtt).filter(({ needsRestart, effect }) => !needsRestart && effect === null);
    expect(silent.map(({ path }) => path)).toEqual([]);
  });
});

describe('docs/plugins/README.md', () => {
  test('has a row for every plugin that is shipped, with a link to its page', () => {
    const rows = Array.from(read('docs/plugins/README.md').matchAll(/^\| \[`(\w+)`\]\((\w+)\.md\) /gm), (row) =>
      row.slice(1),
    );
    expect(rows).toEqual([...shippedTables().keys()].sort().map((name) => [name, name]));
  });
});

describe('a relative link', () => {
  const links = pages.flatMap((page) => linksOf(page).map((link) => [page, link] as const));

  test.each(links)('of %s leads somewhere: %s', (page, link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    expect(existsSync(join(packageRoot, target)), target).toBe(true);
    if (anchor !== undefined) expect(fragmentsOf(target)).toContain(anchor);
  });
});

describe('the table of variables in the README', () => {
  test('has every variable with its key, flag, default and meaning, as the program knows them', () => {
    const rows = Array.from(read('README.md').matchAll(/^\| (`BROKERQL_.*) \|$/gm), ([, row = '']) =>
      row.split('|').map((cell) => cell.trim().replaceAll('`', '')),
    );
    const known = rowsOf(settings).filter(({ env }) => env !== null);
    expect(rows).toEqual(
      known.map(({ env, path, flag, default: usual, description }) => [
        env,
        path,
        flag ?? '',
        String(usual ?? ''),
        description,
      ]),
    );
  });
});

describe('an example', () => {
  const schema = buildSchema(read('schema.graphql'));

  test.each(fences('graphql'))('of GraphQL in %s fits the schema: %s', (_page, _line, text) => {
    expect(validate(schema, parse(text))).toEqual([]);
  });

  const files = inFolder('examples', '.yaml').map((path) => [path, 'the whole file', read(path)] as const);

  test.each([...fences('yaml'), ...files])('of a configuration in %s is accepted: %s', (_page, _line, text) => {
    const argv = ['start', '--config', 'example.yaml'];
    expect(parseCommand({ argv, env: {}, readFile: () => text }).command).toBe('start');
  });
});
