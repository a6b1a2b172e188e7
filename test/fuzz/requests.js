import { mutateBytes } from './bytes.js';
import { documentText } from './documents.js';
import { WORDS } from './packets.js';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'CONNECT', 'get', 'X'];
const TYPES = [
  ...['application/json', 'application/json', 'application/json; charset=utf-16', 'text/plain', 'x', ''],
  ...['application/x-www-form-urlencoded', 'multipart/form-data; boundary=a', 'application/graphql'],
];
const KEYS = [
  ...['topic', 'topics', 'payload', 'qos', 'retain', 'client_id', 'encoding', 'username', 'password', 'tags', 'app_id'],
  ...['name', 'desc', 'status', 'expired', 'secret', 'role', 'new_pwd', 'old_pwd', '__proto__', 'constructor', ''],
];

const value = (random, depth = 0) =>
  random.pick([
    () => random.pick(WORDS),
    () => random.pick(WORDS),
    () => random.pick([0, 1, 2, 3, -1, 1.5, 1e308, null, true, false]),
    () => (depth < 3 ? Array.from({ length: random.below(4) }, () => value(random, depth + 1)) : []),
    () => (depth < 3 ? objectOf(random, depth + 1) : {}),
  ])();

const objectOf = (random, depth) =>
  Object.fromEntries(Array.from({ length: random.below(7) }, () => [random.pick(KEYS), value(random, depth)]));

const segment = (random) => {
  const word = random.pick(WORDS);
  return random.chance(0.2) ? word.replaceAll(' ', '') : encodeURIComponent(word.toWellFormed?.() ?? 'a');
};

const query = (random) =>
  random.chance(0.5)
    ? ''
    : `?${Array.from({ length: 1 + random.below(3) }, () => `${random.pick(['_page', '_limit', '_like_client_id', 'x', '__proto__'])}=${random.pick(['1', '0', '-1', '10000', '1e9', segment(random)])}`).join('&')}`;

function restRequest(random, { endpoints }) {
  const endpoint = random.pick(endpoints);
  const path = endpoint.path.replace(/:\w+/g, () => segment(random));
  const method = random.chance(0.85) ? endpoint.method : random.pick(METHODS);
  const body =
    method === 'GET' && random.chance(0.9)
      ? ''
      : JSON.stringify(random.chance(0.3) ? value(random) : objectOf(random, 0));
  return { method, path: `/api/v3${path}${query(random)}`, body };
}

function graphqlRequest(random, { schema }) {
  const document = documentText(random, schema);
  const parameters = {
    query: document,
    ...(random.chance(0.3) && { variables: value(random), operationName: value(random) }),
  };
  if (random.chance(0.15))
    return { method: 'GET', path: `/graphql?query=${encodeURIComponent(document.toWellFormed?.() ?? '')}`, body: '' };
  return {
    method: 'POST',
    path: '/graphql',
    body: JSON.stringify(random.chance(0.05) ? [parameters, parameters] : parameters),
  };
}

const otherRequest = (random) => ({
  method: random.pick(METHODS),
  path: random.pick([
    '/',
    '/status',
    '/healthz',
    '/readyz',
    '/metrics',
    '/graphql',
    '/api/v3',
    '/api',
    '*',
    '//',
    '/%',
    `/${segment(random)}`,
  ]),
  body: random.chance(0.5) ? '' : JSON.stringify(value(random)),
});

const authorization = (random, credentials) =>
  random.chance(0.9)
    ? credentials
    : random.pick([
        null,
        'Basic',
        'Basic !!!',
        'Bearer x',
        `Basic ${Buffer.from(random.pick(WORDS)).toString('base64')}`,
      ]);

function headersOf(random, credentials, length) {
  const headers = [
    `Host: ${random.chance(0.97) ? '127.0.0.1' : random.pick(['evil.example', '', '[::1', 'a b', '127.0.0.1:99999', '127.0.0.1:', '[::1]:x'])}`,
  ];
  const given = authorization(random, credentials);
  if (given !== null) headers.push(`Authorization: ${given}`);
  headers.push(`Content-Type: ${random.pick(TYPES)}`);
  if (random.chance(0.3))
    headers.push(`Accept: ${random.pick(['text/event-stream', 'multipart/mixed', 'text/html', '*/*', 'x'])}`);
  if (random.chance(0.05))
    headers.push(`Origin: ${random.pick(['null', 'http://evil.example', 'http://127.0.0.1', 'x'])}`);
  if (random.chance(0.03)) headers.push(`Sec-Fetch-Site: ${random.pick(['cross-site', 'same-origin', 'none'])}`);
  if (random.chance(0.03)) headers.push(`Cookie: ${random.pick(['a=b', 'session=x', ';;;', '='.repeat(500)])}`);
  if (random.chance(0.03)) headers.push(`X-Forwarded-For: ${random.pick(['1.2.3.4', 'x', ','.repeat(50)])}`);
  if (random.chance(0.02)) headers.push(`X-Large: ${'x'.repeat(random.pick([100, 20_000, 40_000]))}`);
  if (random.chance(0.02)) headers.push('Expect: 100-continue');
  if (random.chance(0.03)) {
    headers.push('Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13');
    headers.push('Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Protocol: graphql-transport-ws');
  } else {
    headers.push('Connection: close');
  }
  if (random.chance(0.03)) headers.push('Transfer-Encoding: chunked');
  else
    headers.push(
      `Content-Length: ${random.chance(0.97) ? length : random.pick([0, 1, length + 5, 99_999_999, -1, 'x'])}`,
    );
  return headers;
}

/** The bytes of a request, with faults in many of them. `target` tells endpoints, schema and credentials. */
export function requestBytes(random, target) {
  const make = () => {
    const kind = random.pick([restRequest, restRequest, graphqlRequest, graphqlRequest, graphqlRequest, otherRequest]);
    const { method, path, body } = kind(random, target);
    const bytes = Buffer.from(body);
    const lines = [`${method} ${path} HTTP/1.1`, ...headersOf(random, target.credentials, bytes.length), '', ''];
    return Buffer.concat([Buffer.from(lines.join('\r\n'), random.chance(0.8) ? 'utf8' : 'latin1'), bytes]);
  };
  const bytes = make();
  return random.chance(0.3) ? mutateBytes(random, bytes, make()) : bytes;
}
