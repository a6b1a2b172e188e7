// Generates schema.graphql, the resolver types and the operation types. `--check` compares instead of writing.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { codegen } from '@graphql-codegen/core';
import * as typedDocumentNode from '@graphql-codegen/typed-document-node';
import * as typescript from '@graphql-codegen/typescript';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import * as typescriptResolvers from '@graphql-codegen/typescript-resolvers';
import { buildSchema, parse, printSchema } from 'graphql';

const root = join(dirname(new URL(import.meta.url).pathname), '..');
const read = (folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => ({ name, text: readFileSync(join(root, folder, name), 'utf8') }));

const sdl = read('schema')
  .map(({ text }) => text)
  .join('\n');
const release = readFileSync(join(root, 'rest-facade/release.graphql'), 'utf8');

const inDomain = (name) => `../../src/domain.ts#${name}`;
const domainTypes = {
  MqttConnection: 'Connection',
  MqttSession: 'Session',
  MqttSubscription: 'Subscription',
  Route: 'Route',
  RetainedMessage: 'RetainedMessage',
  DelayedMessage: 'DelayedMessage',
  ClientRefusal: 'ClientRefusal',
  Listener: 'Listener',
  Broker: 'Broker',
  BrokerNode: 'BrokerNode',
  Metrics: 'Metrics',
  MqttMessage: 'PublishedMessage',
  ConnectionEvent: 'ConnectionEvent',
  SessionEvent: 'SessionEvent',
  SubscriptionEvent: 'SubscriptionEvent',
  AlarmEvent: 'AlarmEvent',
  BanEvent: 'BanEvent',
  PluginEvent: 'PluginEvent',
  ConfigEvent: 'ConfigEvent',
  ListenerEvent: 'ListenerEvent',
  AuditEvent: 'AuditLogEvent',
  TraceEvent: 'TraceEvent',
  Plugin: 'Plugin',
  Diagnostics: 'Diagnostics',
  Stats: 'Stats',
  Credential: 'Credential',
  RestEndpoint: 'RestEndpoint',
  User: 'User',
  SignIn: 'SignIn',
};

const shared = {
  useTypeImports: true,
  enumsAsTypes: true,
  strictScalars: true,
  defaultScalarType: 'unknown',
  immutableTypes: true,
  skipTypename: true,
  importExtension: '.ts',
};
const internal = {
  SafeInt: 'number',
  DateTime: 'number',
  Duration: 'number',
  JSON: 'unknown',
  Base64: { input: 'Buffer', output: 'Buffer' },
};
const external = { SafeInt: 'number', DateTime: 'string', Duration: 'string', JSON: 'unknown', Base64: 'string' };

/** @param {string} filename @param {any} settings */
async function generate(filename, { schema, documents = [], config, plugins, pluginMap }) {
  return codegen({ filename, schema: parse(schema), documents, config, plugins, pluginMap });
}

const documents = read('rest-facade/operations').map(({ name, text }) => ({
  location: `rest-facade/operations/${basename(name)}`,
  document: parse(text),
}));

const files = {
  'schema.graphql': `${printSchema(buildSchema(sdl))}\n`,
  'resolvers/__generated__/resolvers.ts': await generate('resolvers/__generated__/resolvers.ts', {
    schema: sdl,
    config: {
      ...shared,
      scalars: internal,
      contextType: '../context.ts#Context',
      mappers: {
        ...Object.fromEntries(
          Object.entries(domainTypes).map(([type, name]) => [type, `${inDomain(name)} as ${name}Row`]),
        ),
        MessagePayload: 'Buffer',
      },
      avoidOptionals: { field: true, query: true, mutation: true, subscription: true },
      resolversNonOptionalTypename: false,
      maybeValue: 'T | null',
    },
    plugins: [{ typescript: {} }, { 'typescript-resolvers': {} }],
    pluginMap: { typescript, 'typescript-resolvers': typescriptResolvers },
  }),
  'rest-facade/__generated__/operations.ts': await generate('rest-facade/__generated__/operations.ts', {
    schema: `${sdl}\n${release}`,
    documents,
    config: {
      ...shared,
      scalars: external,
      onlyOperationTypes: true,
      optimizeDocumentNode: true,
      documentMode: 'documentNode',
    },
    plugins: [{ 'typescript-operations': {} }, { 'typed-document-node': {} }],
    pluginMap: { 'typescript-operations': typescriptOperations, 'typed-document-node': typedDocumentNode },
  }),
};

let stale = 0;
for (const [name, text] of Object.entries(files)) {
  const path = join(root, name);
  if (process.argv.includes('--check')) {
    let committed = '';
    try {
      committed = readFileSync(path, 'utf8');
    } catch {}
    if (committed !== text) {
      console.error(`${name} is stale: run npm run codegen and commit it`);
      stale++;
    }
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
process.exitCode = stale ? 1 : 0;
