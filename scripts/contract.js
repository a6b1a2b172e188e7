// Writes docs/contract.md from the facade's own table, as it was built: npm run build && node scripts/contract.js
import { writeFileSync } from 'node:fs';
import { getOperationAST, print } from 'graphql';

const RELEASES = [
  ['V3_0_BETA', '3.0-beta'],
  ['V3_0', '3.0'],
  ['V3_1', '3.1'],
  ['V3_2', '3.2'],
];
const NEWEST = 'V3_2';

const INTRODUCTION = `# The REST contract, and what replaces it

Every endpoint under \`/api/v3\`, by section, with the GraphQL operation that answers it. To leave REST behind, send the
operation to \`/graphql\` in place of the call: it answers the same data from the same place. The aliases
(\`client_id: clientId\`) and the two underscores of \`bytes__received\` spell the keys of REST; a new program can drop them.
Values are those of GraphQL: null where REST says \`"undefined"\`, times in UTC as ISO 8601, enum values in capitals.

- **Releases** says which REST profiles have the endpoint. The operation stands as 3.2 has it, or the last release that
  has the endpoint; earlier releases select other fields of the same types.
- A variable that a path does not give is left out: without \`$node\` an operation speaks of the whole cluster.
- Over \`/graphql\` a page has at most 10 000 rows, and a list in an input at most 1000 items. REST has neither limit.
- Applications and dashboard users are served on the port of the dashboard only, in REST as in GraphQL.
- The same rows, for one release and as data: \`{ restEndpoints(release: V3_2) { name method path operation } }\`.
- REST answers carry the name of the operation in the header \`X-GraphQL-Operation\`.

What differs from EMQ X is listed in [differences](differences.md).

This page is generated from \`rest-facade/table/\` by \`scripts/contract.js\`; a test compares them.
`;

const spelled = (release) => RELEASES.find(([name]) => name === release)[1];

function releasesOf({ since = 'V3_0_BETA', until = NEWEST }) {
  return since === until ? spelled(since) : `${spelled(since)} – ${spelled(until)}`;
}

const nameOf = ({ operation }) => getOperationAST(operation).name.value;

// The index prints some paths without the slash that every caller writes.
const pathOf = ({ path }) => (path.startsWith('/') ? path : `/${path}`);

const HEAD = ['name', 'method', 'path', 'releases', 'operation'];
const cellsOf = (row) => [`\`${row.name}\``, row.method, `\`${pathOf(row)}\``, releasesOf(row), `\`${nameOf(row)}\``];

/** A table with its columns aligned, as the formatter leaves it. */
function tableText(rows) {
  const lines = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
  const line = (cells, filler) => `| ${cells.map((cell, column) => cell.padEnd(widths[column], filler)).join(' | ')} |`;
  const [head, ...body] = lines.map((cells) => line(cells, ' '));
  return [
    head,
    line(
      HEAD.map(() => ''),
      '-',
    ),
    ...body,
  ].join('\n');
}

function operationText(row, forRelease) {
  // With the spaces that the formatter puts inside the braces of an object.
  const text = print(forRelease(row.operation, row.until ?? NEWEST))
    .replace(/\{(?=\S)/g, '{ ')
    .replace(/(?<=\S)\}/g, ' }');
  return `\`${nameOf(row)}\`\n\n\`\`\`graphql\n${text}\n\`\`\``;
}

/** Sections of the documents, by the resource that a path is about. */
const TITLES = {
  '': "API's Info",
  brokers: 'Cluster and Node',
  nodes: 'Cluster and Node',
  connections: 'Connections',
  connection: 'Connections',
  sessions: 'Sessions',
  subscriptions: 'Subscriptions',
  routes: 'Routes',
  mqtt: 'Publish/Subscribe',
  plugins: 'Plugins',
  listeners: 'Listeners',
  metrics: 'Statistics of packets sent and received',
  stats: 'Statistics of connected sessions',
  alarms: 'Alarms',
  configs: 'Hot configuration',
  plugin_configs: 'Hot configuration',
  banned: 'Banned',
  apps: 'Applications',
  auth: 'Dashboard users',
  users: 'Dashboard users',
  change_pwd: 'Dashboard users',
  auth_username: 'Auth plugin emqx_auth_username',
  auth_clientid: 'Auth plugin emqx_auth_clientid',
};

function titleOf(row) {
  const [first = '', , third] = pathOf(row).split('/').filter(Boolean);
  const resource = third && first === 'nodes' ? third : first;
  const title = TITLES[resource];
  if (title === undefined) throw new Error(`scripts/contract.js knows no section for ${row.method} ${row.path}`);
  return title;
}

function sectionText(title, rows, forRelease) {
  const distinct = new Map(rows.map((row) => [nameOf(row), row]));
  const operations = [...distinct.values()].map((row) => operationText(row, forRelease));
  return [`## ${title}`, tableText(rows), ...operations].join('\n\n');
}

/**
 * The text of docs/contract.md.
 * @param facade what it is made of: `table` with its rows, the document of the index, and `forRelease`
 */
export function contractPage({ table, ListAllApiDocument, forRelease }) {
  const index = { name: 'list_all_api', method: 'GET', path: '/', operation: ListAllApiDocument };
  const rows = [index, ...table];
  const titles = [...new Set(rows.map(titleOf))];
  const sections = titles.map((title) =>
    sectionText(
      title,
      rows.filter((row) => titleOf(row) === title),
      forRelease,
    ),
  );
  return `${[INTRODUCTION.trimEnd(), ...sections].join('\n\n')}\n`;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const { table } = await import('../dist/rest-facade/table/index.js');
  const { forRelease } = await import('../dist/rest-facade/releases.js');
  const { ListAllApiDocument } = await import('../dist/rest-facade/__generated__/operations.js');
  const text = contractPage({ table, ListAllApiDocument, forRelease });
  writeFileSync(new URL('../docs/contract.md', import.meta.url), text);
}
