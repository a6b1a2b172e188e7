import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../src/package.ts';

/** A folder beside the project with its rules, where files may break them. */
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'brokerql-laws-'));
  for (const file of ['biome.json', 'package.json', '.gitignore']) cpSync(join(packageRoot, file), join(folder, file));
  symlinkSync(join(packageRoot, 'node_modules'), join(folder, 'node_modules'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(cwd: string, command: string, ...args: string[]): { ok: boolean; text: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  return { ok: status === 0, text: `${stdout}${stderr}` };
}

/** Runs the rules of import alone; a fault is a line `::error title=rule,file=…,line=…::message`. */
const lint = (cwd: string, ...paths: string[]) =>
  run(
    cwd,
    join(packageRoot, 'node_modules/.bin/biome'),
    'lint',
    '--only=style/noRestrictedImports',
    '--only=suspicious/noImportCycles',
    '--reporter=github',
    '--max-diagnostics=none',
    ...paths,
  );

function plant(path: string, text: string): void {
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const facade = 'The facade knows GraphQL documents and the Execute port only.';
const resolver = 'A resolver sees src/domain.ts, the one interface, and its generated types.';
const domain = 'The domain knows no GraphQL and no HTTP.';
const graphql = 'src/graphql sees the schema and the resolvers.';
const http = 'The HTTP doors see src/graphql and rest-facade.';
const interfaceOnly = 'src/domain.ts is types and refusals only.';

const refused = [
  ['rest-facade/planted.ts', '../src/domain.ts', facade],
  ['rest-facade/table/planted.ts', '../../resolvers/page.ts', facade],
  ['rest-facade/planted.ts', 'aedes', facade],
  ['rest-facade/planted.ts', 'express', facade],
  ['resolvers/planted.ts', '../src/cluster/cluster.ts', resolver],
  ['resolvers/planted.ts', '../src/refusals.ts', resolver],
  ['resolvers/planted.ts', '../rest-facade/facade.ts', resolver],
  ['resolvers/planted.ts', 'aedes', resolver],
  ['src/broker/planted.ts', 'graphql', domain],
  ['src/broker/planted.ts', 'graphql-yoga', domain],
  ['src/broker/planted.ts', '../http/basic.ts', domain],
  ['src/cluster/planted.ts', '../graphql/errors.ts', domain],
  ['src/cluster/planted.ts', '../../resolvers/context.ts', domain],
  ['src/store/planted.ts', 'express', domain],
  ['src/store/planted.ts', '../../rest-facade/facade.ts', domain],
  ['src/plugins/planted.ts', '@graphql-tools/schema', domain],
  ['src/graphql/planted.ts', '../broker/local-node.ts', graphql],
  ['src/graphql/planted.ts', '../store/store.ts', graphql],
  ['src/graphql/planted.ts', '../http/basic.ts', graphql],
  ['src/graphql/planted.ts', '../../rest-facade/facade.ts', graphql],
  ['src/http/planted.ts', '../broker/mqtt-broker.ts', http],
  ['src/http/planted.ts', '../../resolvers/page.ts', http],
  ['src/http/planted.ts', 'aedes', http],
  ['src/domain.ts', './broker/local-node.ts', interfaceOnly],
  ['src/domain.ts', '../resolvers/page.ts', interfaceOnly],
  ['src/domain.ts', 'graphql', interfaceOnly],
] as const;

const passed = [
  ['rest-facade/planted.ts', './execute.ts'],
  ['resolvers/planted.ts', '../src/domain.ts'],
  ['src/broker/planted.ts', '../domain.ts'],
  ['src/graphql/planted.ts', '../../resolvers/context.ts'],
  ['src/graphql/planted.ts', '../../rest-facade/execute.ts'],
  ['src/http/planted.ts', '../../rest-facade/facade.ts'],
  ['src/domain.ts', './refusals.ts'],
] as const;

describe('the linter', () => {
  let faults: string[];

  /** The faults of one import: it stands in its file on the line of its number. */
  const faultsOf = (path: string, specifier: string): string[] => {
    const line = imports(path).indexOf(specifier) + 1;
    return faults.filter((fault) => fault.includes(`/${path},line=${line},`));
  };

  const imports = (path: string): string[] =>
    [...refused, ...passed].filter(([file]) => file === path).map(([, specifier]) => specifier);

  beforeAll(() => {
    for (const [path] of [...refused, ...passed]) {
      plant(
        path,
        imports(path)
          .map((specifier) => `export * from '${specifier}';\n`)
          .join(''),
      );
    }
    plant('src/planted-a.ts', "import { b } from './planted-b.ts';\nexport const a = (): unknown => b;\n");
    plant('src/planted-b.ts', "import { a } from './planted-a.ts';\nexport const b = (): unknown => a;\n");
    const { ok, text } = lint(folder);
    expect(ok).toBe(false);
    faults = text.split('\n').filter((line) => line.startsWith('::error'));
  });

  test('passes the project', () => {
    const { ok, text } = lint(packageRoot, 'schema', 'resolvers', 'rest-facade', 'src');
    expect(ok, text).toBe(true);
  });

  test.each(refused)('refuses in %s an import of %s', (path, specifier, message) => {
    const [fault, ...others] = faultsOf(path, specifier);
    expect(others).toEqual([]);
    expect(fault).toContain('title=lint/style/noRestrictedImports,');
    expect(fault).toContain(`::${message}`);
  });

  test.each(passed)('passes in %s an import of %s', (path, specifier) => {
    expect(faultsOf(path, specifier)).toEqual([]);
  });

  test.each(['src/planted-a.ts', 'src/planted-b.ts'])('refuses %s, one of two files that import each other', (path) => {
    const titles = faults.filter((fault) => fault.includes(`/${path},`)).map((fault) => fault.split(',')[0]);
    expect(titles).toEqual(['::error title=lint/suspicious/noImportCycles']);
  });
});

describe('the check of generated files', () => {
  const generated = [
    'schema.graphql',
    'resolvers/__generated__/resolvers.ts',
    'rest-facade/__generated__/operations.ts',
  ];

  const check = () => run(folder, process.execPath, join(folder, 'scripts/codegen.js'), '--check');

  beforeAll(() => {
    for (const path of ['scripts', 'schema', 'rest-facade/operations', 'rest-facade/release.graphql', ...generated]) {
      cpSync(join(packageRoot, path), join(folder, path), { recursive: true });
    }
  });

  test('passes the project, and names each file that is stale', () => {
    expect(check()).toEqual({ ok: true, text: '' });
    for (const path of generated) appendFileSync(join(folder, path), '\n');
    expect(check()).toEqual({
      ok: false,
      text: generated.map((path) => `${path} is stale: run npm run codegen and commit it\n`).join(''),
    });
  });
});
