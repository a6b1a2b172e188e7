import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../src/package.ts';
import { addCallers, authorized } from '../doors/support/callers.ts';
import { post } from '../doors/support/wire.ts';
import { fake } from '../plugins/support/fakes.ts';
import { NODE, startGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  const broken = fake('emqx_broken', () => {
    throw new Error('its file is not there');
  });
  gateway = await startGateway('', {}, undefined, [], [broken]);
  await addCallers(gateway);
});

afterAll(() => gateway.close());

const change = (deed: string, name: string, node: string | null = null) => {
  const type = `${deed[0]?.toUpperCase()}${deed.slice(1)}PluginInput`;
  const query = `mutation ($input: ${type}!) { ${deed}Plugin(input: $input) { plugins { nodeName name active failure } } }`;
  return gateway.graphql<unknown>(query, { input: { name, node } });
};

const refused = async (deed: string, name: string, node: string | null = null) => {
  const { data, errors } = await change(deed, name, node);
  expect(data ?? null).toBeNull();
  return errors?.map(({ message, extensions: { code, argument, value } }) => ({ message, code, argument, value }));
};

describe('Query.plugins and Query.plugin', () => {
  test('answer a plugin with everything that is known of it', async () => {
    const fields = '{ nodeName name version description type active isPermanent failure loadedAt }';
    const { data } = await gateway.graphql<{ plugins: { name: string }[]; plugin: unknown }>(
      `{ plugins ${fields} plugin(name: "emqx_recon") ${fields} }`,
    );
    expect(data?.plugin).toEqual({
      nodeName: NODE,
      name: 'emqx_recon',
      version,
      description: 'Recon: event loop, memory, garbage collections and handles of a node',
      type: 'FEATURE',
      active: true,
      isPermanent: false,
      failure: null,
      loadedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    expect(data?.plugins).toContainEqual(data?.plugin);
    expect(data?.plugins.find(({ name }) => name === 'emqx_prometheus')).toMatchObject({
      active: false,
      loadedAt: null,
    });
  });

  test('answer null for an unknown plugin, and refuse an unknown node', async () => {
    expect(await gateway.graphql('{ plugin(name: "__proto__") { name } }')).toEqual({ data: { plugin: null } });
    const { errors } = await gateway.graphql(
      '{ plugins(node: "nowhere") { name } plugin(name: "emqx_recon", node: "nowhere") { name } }',
    );
    expect(errors?.map(({ message, extensions }) => [message, extensions.code])).toContainEqual([
      "node 'nowhere' is unknown",
      'NOT_FOUND',
    ]);
  });
});

describe('Mutation.loadPlugin, unloadPlugin and reloadPlugin', () => {
  const answer = (deed: string, active: boolean) => ({
    data: { [`${deed}Plugin`]: { plugins: [{ nodeName: NODE, name: 'emqx_prometheus', active, failure: null }] } },
  });

  test('answer the plugin on each node', async () => {
    expect(await change('load', 'emqx_prometheus')).toEqual(answer('load', true));
    expect(await change('reload', 'emqx_prometheus', NODE)).toEqual(answer('reload', true));
    expect(await change('unload', 'emqx_prometheus', NODE)).toEqual(answer('unload', false));
  });

  test('refuse with a sentence and change nothing', async () => {
    const of = (name: string) => ({ argument: 'name', value: name });
    expect(await refused('load', 'emqx_recon')).toEqual([
      { message: "plugin 'emqx_recon' is active already", code: 'ALREADY_STARTED', ...of('emqx_recon') },
    ]);
    expect(await refused('unload', 'emqx_prometheus')).toEqual([
      { message: "plugin 'emqx_prometheus' is not active", code: 'NOT_STARTED', ...of('emqx_prometheus') },
    ]);
    expect(await refused('load', '/etc/passwd')).toEqual([
      { message: "plugin '/etc/passwd' is unknown", code: 'NOT_FOUND', ...of('/etc/passwd') },
    ]);
    expect(await refused('unload', 'emqx_management')).toEqual([
      {
        message: "plugin 'emqx_management' cannot be unloaded: without it nobody could load it again",
        code: 'PROTECTED',
        ...of('emqx_management'),
      },
    ]);
    expect(await refused('load', 'emqx_broken')).toEqual([
      {
        message: "plugin 'emqx_broken' could not be loaded: its file is not there",
        code: 'PLUGIN_FAILED',
        ...of('emqx_broken'),
      },
    ]);
    expect(await refused('reload', 'emqx_recon', 'nowhere')).toEqual([
      { message: "node 'nowhere' is unknown", code: 'NOT_FOUND', argument: 'node', value: 'nowhere' },
    ]);
    expect(await gateway.graphql('{ plugin(name: "emqx_broken") { active failure } }')).toEqual({
      data: { plugin: { active: false, failure: 'its file is not there' } },
    });
  });

  test.each(['app-viewer', 'app-operator'])('are not for %s', async (name) => {
    for (const deed of ['load', 'unload', 'reload']) {
      const query = `mutation { ${deed}Plugin(input: { name: "emqx_recon" }) { plugins { name } } }`;
      const { json } = await post(gateway.httpUrl, query, authorized(name));
      expect(json.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    }
    expect(await gateway.graphql('{ plugin(name: "emqx_recon") { active } }')).toEqual({
      data: { plugin: { active: true } },
    });
  });
});
