// Writes docs/configuration.md from the tables of settings, as they were built: npm run build && node scripts/configuration.js
import { writeFileSync } from 'node:fs';

const INTRODUCTION = `# Configuration

Every setting, what it may be, where it is set, and what a connected client of MQTT 3.1.1 sees when it changes.

## Who goes before whom

What was set while the broker ran goes before a flag, a flag before an environment variable, that before the file that
\`--config\` names, and the file before the default. \`source\` of a setting says who spoke: \`OVERRIDE\`, \`FLAG\`,
\`ENVIRONMENT\`, \`FILE\` or \`DEFAULT\`.

The file is YAML; a setting \`mqtt.max_inflight\` is the key \`max_inflight\` in the section \`mqtt\`. Settings of plugins stand
in the section \`plugins\`, each with its whole key in the section of its plugin.

## While the broker runs

\`\`\`graphql
mutation {
  setConfig(input: { app: "emqx", key: "mqtt.max_packet_size", value: "2MB" }) {
    configs {
      nodeName
      key
      value
      source
    }
  }
}
\`\`\`

The same over REST: \`PUT /api/v3/configs/emqx\` with \`{"key":"mqtt.max_packet_size","value":"2MB"}\`. Only admins may.

- A change is checked first, counts at once, and is stored before it is answered. Where it is refused, or cannot be
  stored, nothing changes. Changes of one app are made one after the other.
- \`resetConfig\` takes one back: flag, environment, file or default count again.
- \`replaceConfigs\`, and \`PUT /api/v3/nodes/:node/plugin_configs/:plugin\`, replace all that was set of an app: what is left
  out falls back in the same way.
- Text may say a number of bytes with \`KB\`, \`MB\` or \`GB\` behind it (1024 each), a number of seconds with \`s\`, \`m\`, \`h\`,
  \`d\` or \`w\`, a flag as \`true\` and \`false\`, and a list with commas between its entries or as JSON.
- A secret is shown as \`******\`. Sent back so, it stays what it is.
- A setting that needs a restart is listed, and cannot be set in this way: ports are bound, files are open, and clients
  hold what they were given. The refusal says which flag, variable or key sets it.
- What was set by mistake and keeps callers out can be taken back: \`PUT /api/v3/configs/emqx_management\` takes key and value
  from the query as well, however small \`http.max_body\` is, the limits of GraphQL do not hold for REST, and that of
  requests per second not for users of the dashboard.
- A stored setting that its table refuses by now, that does not go with the others, or that is of nobody, is logged at the
  start and passed over, and no other one with it. It is kept: the release that knew it takes it up again.
- A change of a plugin's setting loads the plugin anew, before the one with the old settings leaves; no client is
  disconnected. Where it cannot be loaded, the old one goes on and the change is refused.

## A PUBLISH that is refused

MQTT 3.1.1 has no answer that says no to a PUBLISH. One that an access rule, \`mqtt.max_qos_allowed\` or
\`mqtt.retain_available\` refuses is acknowledged as its QoS asks and goes nowhere, or ends its connection: the choice is
\`mqtt.acl_deny_action\`. Either way it is counted, and \`clientRefusals\` tells why. These two limits are for clients: the
API publishes with any QoS, and retains.

## Rates

\`mqtt.messages_per_second\`, \`mqtt.bytes_per_second\` and their twins for an address hold clients back by reading their
connections more slowly. The socket of a client that sends too fast fills up, and TCP makes it wait: nothing is dropped,
reordered or disconnected, and its keepalive does not run out. What is behind a message waits with it: an
acknowledgement, a PINGREQ, a DISCONNECT. A second's worth may come at once; bytes are counted as they are read, so that
up to 64 KiB more may be taken at a time and are paid for afterwards. Connections of one address, or of one /64 of IPv6,
take turns. A connection that has not connected yet is not held.

`;

const code = (value) => `\`${value}\``;

/** Where a setting can be set, as a sentence goes on. */
function waysOf({ env, flag, needsRestart }) {
  const ways = ['the file', ...[env, flag].filter(Boolean).map(code)];
  const last = needsRestart ? [] : ['while the broker runs'];
  const all = [...ways, ...last];
  return all.length === 1 ? all[0] : `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`;
}

function usualOf({ default: usual }) {
  if (usual === null || usual === '' || (Array.isArray(usual) && usual.length === 0)) return 'unset by default';
  return `${code(usual)} by default`;
}

function settingText(row, isOfPlugin) {
  const lines = [
    `### \`${row.path}\``,
    '',
    row.description,
    '',
    `- It must be ${row.type.description}; ${usualOf(row)}.`,
    `- ${row.needsRestart ? 'From the next start on' : 'Set'}: ${waysOf(row)}.`,
  ];
  if (!row.needsRestart && (row.effect !== null || !isOfPlugin))
    lines.push(`- A connected client sees: ${row.effect ?? 'Nothing.'}`);
  return lines.join('\n');
}

const TITLES = {
  emqx: 'The broker: `emqx`',
  emqx_management: 'The management API: `emqx_management`',
  emqx_dashboard: 'The dashboard: `emqx_dashboard`',
};

/**
 * The text of docs/configuration.md.
 * @param given `tables` by app, `plugins` by name, and `rowsOf` a table
 */
export function configurationPage({ tables, plugins, rowsOf }) {
  const ofApps = Object.entries(tables).map(([app, table]) => [TITLES[app], rowsOf(table), false]);
  const ofPlugins = Array.from(plugins, ([name, table]) => [`The plugin \`${name}\``, rowsOf(table), true]);
  const sections = [...ofApps, ...ofPlugins.filter(([, rows]) => rows.length > 0)].map(([title, rows, isOfPlugin]) =>
    [`## ${title}`, ...rows.map((row) => settingText(row, isOfPlugin))].join('\n\n'),
  );
  const end = 'This page is generated from the tables of settings by `scripts/configuration.js`; a test compares them.';
  return `${[INTRODUCTION.trimEnd(), ...sections, end].join('\n\n')}\n`;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const { configTables: tables } = await import('../dist/src/config/hot/register-config.js');
  const { shippedTables } = await import('../dist/src/plugins/index.js');
  const { rowsOf } = await import('../dist/src/config/setting.js');
  const text = configurationPage({ tables, plugins: shippedTables(), rowsOf });
  writeFileSync(new URL('../docs/configuration.md', import.meta.url), text);
}
