import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { addCallers, authorized, ROLES, SECRET, signIn } from './support/callers.ts';
import { openSocket, post, type Result, send, stream } from './support/wire.ts';

type Headers = Readonly<Record<string, string>>;
type DoorName = 'management' | 'dashboard';

const QUERY = '{ nodes { name } }';
const MUTATION = 'mutation { publish(input: { topic: "a", payload: { text: "b" } }) { topic } }';
const ADMIN_FIELD = '{ users { name } }';
const SUBSCRIPTION = 'subscription { stats { connectionsCount } }';

const codeOf = ({ errors }: Result): string => (errors ? ` ${errors[0]?.extensions.code}` : '');

async function overHttp(url: string, query: string, headers: Headers): Promise<string> {
  const { status, json } = await post(url, query, headers);
  return `${status}${codeOf(json)}`;
}

async function overEvents(url: string, query: string, headers: Headers): Promise<string> {
  const { status, first, close } = await stream(url, query, headers);
  close();
  return `${status}${codeOf(first)}`;
}

/** Credentials of a name and a secret go where a browser can put them: into the first message. */
async function overSocket(url: string, query: string, { authorization, ...headers }: Headers): Promise<string> {
  const opened = await openSocket(url, authorization === undefined ? { headers } : { headers, authorization });
  if ('status' in opened) return `upgrade ${opened.status}`;
  if ('code' in opened) return `closed ${opened.code}`;
  const result = await opened.ask(query);
  opened.close();
  return `open${codeOf(result)}`;
}

async function overRest(url: string, method: string, path: string, headers: Headers): Promise<string> {
  const body = '{"topic":"a","payload":"b"}';
  const sent = { method, path: `/api/v3${path}`, headers };
  const { status, text } = await send(url, method === 'GET' ? sent : { ...sent, body });
  return status === 200 ? '200' : `${status} ${text}`;
}

async function scrape(url: string, headers: Headers): Promise<string> {
  const { status, text } = await send(url, { path: '/metrics', headers });
  return status === 200 ? `200 ${text.split('\n', 1)[0]}` : `${status} ${text}`;
}

const asks = {
  'a query over HTTP': (url: string, headers: Headers) => overHttp(url, QUERY, headers),
  'a mutation over HTTP': (url: string, headers: Headers) => overHttp(url, MUTATION, headers),
  'a field for admins over HTTP': (url: string, headers: Headers) => overHttp(url, ADMIN_FIELD, headers),
  'a query over events': (url: string, headers: Headers) => overEvents(url, QUERY, headers),
  'a mutation over events': (url: string, headers: Headers) => overEvents(url, MUTATION, headers),
  'a field for admins over events': (url: string, headers: Headers) => overEvents(url, ADMIN_FIELD, headers),
  'a subscription over events': (url: string, headers: Headers) => overEvents(url, SUBSCRIPTION, headers),
  'a query over WebSocket': (url: string, headers: Headers) => overSocket(url, QUERY, headers),
  'a mutation over WebSocket': (url: string, headers: Headers) => overSocket(url, MUTATION, headers),
  'a field for admins over WebSocket': (url: string, headers: Headers) => overSocket(url, ADMIN_FIELD, headers),
  'a subscription over WebSocket': (url: string, headers: Headers) => overSocket(url, SUBSCRIPTION, headers),
  'a read over REST': (url: string, headers: Headers) => overRest(url, 'GET', '/nodes/', headers),
  'a write over REST': (url: string, headers: Headers) => overRest(url, 'POST', '/mqtt/publish', headers),
  'the applications over REST': (url: string, headers: Headers) => overRest(url, 'GET', '/apps/', headers),
  'the figures for Prometheus': scrape,
};

type Answers = Readonly<Record<keyof typeof asks, string>>;

const refusedWith = (close: number): Answers => ({
  'a query over HTTP': '401 UNAUTHENTICATED',
  'a mutation over HTTP': '401 UNAUTHENTICATED',
  'a field for admins over HTTP': '401 UNAUTHENTICATED',
  'a query over events': '401 UNAUTHENTICATED',
  'a mutation over events': '401 UNAUTHENTICATED',
  'a field for admins over events': '401 UNAUTHENTICATED',
  'a subscription over events': '401 UNAUTHENTICATED',
  'a query over WebSocket': `closed ${close}`,
  'a mutation over WebSocket': `closed ${close}`,
  'a field for admins over WebSocket': `closed ${close}`,
  'a subscription over WebSocket': `closed ${close}`,
  'a read over REST': '401 UNAUTHORIZED',
  'a write over REST': '401 UNAUTHORIZED',
  'the applications over REST': '401 UNAUTHORIZED',
  'the figures for Prometheus': '401 UNAUTHORIZED',
});

const FIGURES = '200 # HELP brokerql_received_bytes_total What the GraphQL field Metrics.bytesReceived counts.';
/** On the port of users there are none. */
const NO_FIGURES = { 'the figures for Prometheus': '404 ' };

/** Nothing was given that could let anybody in. */
const NOBODY = refusedWith(4401);
/** What was given is refused. */
const REFUSED = refusedWith(4403);

/** An admin among the users. */
const ADMIN: Answers = {
  'a query over HTTP': '200',
  'a mutation over HTTP': '200',
  'a field for admins over HTTP': '200',
  'a query over events': '200',
  'a mutation over events': '200',
  'a field for admins over events': '200',
  'a subscription over events': '200',
  'a query over WebSocket': 'open',
  'a mutation over WebSocket': 'open',
  'a field for admins over WebSocket': 'open',
  'a subscription over WebSocket': 'open',
  'a read over REST': '200',
  'a write over REST': '200',
  'the applications over REST': '200',
  ...NO_FIGURES,
};

const OPERATOR = (name: string): Answers => ({
  ...ADMIN,
  'a field for admins over HTTP': '200 FORBIDDEN',
  'a field for admins over events': '200 FORBIDDEN',
  'a field for admins over WebSocket': 'open FORBIDDEN',
  'the applications over REST': `403 {"message":"applications needs the role ADMIN; '${name}' has the role OPERATOR"}`,
});

const VIEWER = (name: string): Answers => ({
  ...OPERATOR(name),
  'a mutation over HTTP': '200 FORBIDDEN',
  'a mutation over events': '200 FORBIDDEN',
  'a mutation over WebSocket': 'open FORBIDDEN',
  'a write over REST': `403 {"message":"publishMany needs the role OPERATOR; '${name}' has the role VIEWER"}`,
  'the applications over REST': `403 {"message":"applications needs the role ADMIN; '${name}' has the role VIEWER"}`,
});

/** On the port of applications there is no row for applications, whoever asks. */
const OF_APPLICATIONS = {
  'the applications over REST': '404 Not found.',
  'the figures for Prometheus': FIGURES,
};
const APPLICATION_OPERATOR: Answers = { ...OPERATOR(''), ...OF_APPLICATIONS };
const APPLICATION_VIEWER: Answers = { ...VIEWER('app-viewer'), ...OF_APPLICATIONS };

/** Who comes to which door, and what is answered. */
const table: readonly (readonly [DoorName, string, Answers])[] = [
  ['management', 'nobody', NOBODY],
  ['management', 'a wrong secret', REFUSED],
  ['management', 'an unknown name', REFUSED],
  ['management', 'an expired application', REFUSED],
  ['management', 'a disabled application', REFUSED],
  ['management', 'app-viewer', APPLICATION_VIEWER],
  ['management', 'app-operator', APPLICATION_OPERATOR],
  // Applications and users are managed by users alone: the admin among the applications sees as much as the operator.
  ['management', 'app-admin', APPLICATION_OPERATOR],
  ['management', 'user-viewer', REFUSED],
  ['management', 'user-operator', REFUSED],
  ['management', 'user-admin', REFUSED],
  // A sign-in is no credential of an application.
  ['management', 'the cookie of user-viewer', NOBODY],
  ['management', 'the cookie of user-operator', NOBODY],
  ['management', 'the cookie of user-admin', NOBODY],
  ['dashboard', 'nobody', { ...NOBODY, ...NO_FIGURES }],
  ['dashboard', 'a wrong secret', { ...REFUSED, ...NO_FIGURES }],
  ['dashboard', 'an unknown name', { ...REFUSED, ...NO_FIGURES }],
  ['dashboard', 'an expired application', { ...REFUSED, ...NO_FIGURES }],
  ['dashboard', 'a disabled application', { ...REFUSED, ...NO_FIGURES }],
  ['dashboard', 'app-viewer', { ...REFUSED, ...NO_FIGURES }],
  ['dashboard', 'app-operator', { ...REFUSED, ...NO_FIGURES }],
  ['dashboard', 'app-admin', { ...REFUSED, ...NO_FIGURES }],
  ['dashboard', 'user-viewer', VIEWER('user-viewer')],
  ['dashboard', 'user-operator', OPERATOR('user-operator')],
  ['dashboard', 'user-admin', ADMIN],
  ['dashboard', 'the cookie of user-viewer', VIEWER('user-viewer')],
  ['dashboard', 'the cookie of user-operator', OPERATOR('user-operator')],
  ['dashboard', 'the cookie of user-admin', ADMIN],
  ['dashboard', 'a cookie that was never given', { ...REFUSED, ...NO_FIGURES }],
  ['dashboard', 'a cookie that is no sign-in', { ...NOBODY, ...NO_FIGURES }],
  ['dashboard', 'a wrong secret beside the cookie of user-admin', { ...REFUSED, ...NO_FIGURES }],
];

describe.each(['management', 'dashboard'] as const)('the %s port', (door) => {
  let gateway: TestGateway;
  const credentials = new Map<string, Headers>();

  beforeAll(async () => {
    gateway = await startGateway();
    const { applications, users } = gateway.gateway.access.accounts;
    await addCallers(gateway);
    await gateway.gateway.domain.changePlugin('emqx_prometheus', 'load', null);
    await applications.create({ id: 'expired', secret: SECRET, expired: 1 });
    await applications.create({ id: 'disabled', secret: SECRET, status: false });
    await applications.create({ id: 'guessed', secret: SECRET });
    await users.create({ name: 'guessed', password: SECRET });
    credentials.set('nobody', {});
    credentials.set('a wrong secret', authorized('guessed', 'a guess'));
    credentials.set('an unknown name', authorized('unknown'));
    credentials.set('an expired application', authorized('expired'));
    credentials.set('a disabled application', authorized('disabled'));
    for (const role of ROLES.map((word) => word.toLowerCase())) {
      credentials.set(`app-${role}`, authorized(`app-${role}`));
      credentials.set(`user-${role}`, authorized(`user-${role}`));
      credentials.set(`the cookie of user-${role}`, await signIn(gateway, `user-${role}`));
    }
    credentials.set('a cookie that was never given', { cookie: `brokerql_sign_in=${'A'.repeat(43)}` });
    credentials.set('a cookie that is no sign-in', { cookie: 'theme=dark; session=1' });
    const cookie = credentials.get('the cookie of user-admin') ?? {};
    const wrong = authorized('guessed-too', 'a guess');
    credentials.set('a wrong secret beside the cookie of user-admin', { ...cookie, ...wrong });
  });

  afterAll(() => gateway.close());

  const rows = table.filter(([port]) => port === door).map(([, who, answers]) => [who, answers] as const);
  test.each(rows)('answers %s', async (who, expected) => {
    const headers = credentials.get(who);
    if (!headers) throw new Error(`no credentials for ${who}`);
    const url = door === 'management' ? gateway.httpUrl : gateway.dashboardUrl;
    const answers: Record<string, string> = {};
    for (const [what, ask] of Object.entries(asks)) answers[what] = await ask(url, headers);
    expect(answers).toEqual(expected);
  });
});
