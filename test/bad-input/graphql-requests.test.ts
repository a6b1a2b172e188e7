import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { rawRequest } from './support/raw-http.ts';
import { unchanged } from './support/state.ts';

const publish = 'mutation { publish(input: { topic: "a" }) { topic } }';
const message = (text: string) => expect.objectContaining({ message: text });

describe('a request to /graphql that is refused', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway();
    const watcher = await gateway.connect({ clientId: 'watcher' });
    await watcher.subscribeAsync('#');
  });

  afterAll(() => gateway.close());

  const send = async (method: string, query: string, body?: string | Uint8Array, type = 'application/json') => {
    const answer = await unchanged(gateway, () =>
      rawRequest(gateway.httpUrl, {
        method,
        path: `/graphql${query}`,
        headers: { 'content-type': type, accept: 'application/json' },
        ...(body === undefined ? {} : { body }),
      }),
    );
    expect(answer.text).not.toMatch(/\n\s+at |node_modules|\.ts:/);
    const { data, errors } = JSON.parse(answer.text);
    return { status: answer.status, data, errors };
  };

  const refusedWith = (status: number, sentence: string | RegExp) => ({
    status,
    data: undefined,
    errors: [
      expect.objectContaining({
        message: typeof sentence === 'string' ? sentence : expect.stringMatching(sentence),
        extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }),
      }),
    ],
  });

  test.each<[string, string, number, string]>([
    ['nothing', '', 400, 'POST body sent invalid JSON.'],
    ['cut off JSON', `{"query":"${publish.replaceAll('"', '\\"')}"`, 400, 'POST body sent invalid JSON.'],
    ['an array', JSON.stringify([{ query: publish }]), 400, 'Batching is not supported.'],
    ['a number', '5', 400, 'POST body is expected to be object but received number'],
    ['null', 'null', 400, 'POST body is expected to be object but received null'],
    ['a text', '"a"', 400, 'POST body is expected to be object but received string'],
    ['no query', '{}', 200, 'Must provide query string.'],
    ['a number as query', '{"query":5}', 400, 'Expected "query" param to be a string, but given number.'],
    [
      'a text as variables',
      JSON.stringify({ query: publish, variables: '{}' }),
      400,
      'Expected "variables" param to be empty or an object, but given string.',
    ],
    [
      'an array as variables',
      JSON.stringify({ query: publish, variables: [] }),
      400,
      'Expected "variables" param to be empty or an object, but given array.',
    ],
    [
      'a name of its own',
      JSON.stringify({ query: publish, more: 1 }),
      400,
      'Unexpected parameter "more" in the request body.',
    ],
    [
      '__proto__ as a name',
      `{"query":"{ nodes { name } }","__proto__":{"query":"{ nodes { name } }"}}`,
      400,
      'Unexpected parameter "__proto__" in the request body.',
    ],
    ['an empty query', '{"query":""}', 200, 'Syntax Error: Unexpected <EOF>.'],
    ['a syntax error', '{"query":"{ nodes { name }"}', 200, 'Syntax Error: Expected Name, found <EOF>.'],
    [
      'an unknown field',
      '{"query":"{ nope }"}',
      200,
      'Cannot query field "nope" on type "Query". Did you mean "node" or "nodes"?',
    ],
    ['__proto__ as a field', '{"query":"{ __proto__ }"}', 200, 'Cannot query field "__proto__" on type "Query".'],
    ['constructor as a field', '{"query":"{ constructor }"}', 200, 'Cannot query field "constructor" on type "Query".'],
    [
      'an unknown operation',
      JSON.stringify({ query: 'query A { nodes { name } }', operationName: 'B' }),
      400,
      'Could not determine what operation to execute.',
    ],
    [
      'toString as operation',
      JSON.stringify({ query: 'query A { nodes { name } }', operationName: 'toString' }),
      400,
      'Could not determine what operation to execute.',
    ],
    [
      'two operations and no name',
      JSON.stringify({ query: `query A { nodes { name } } ${publish.replace('mutation', 'mutation B')}` }),
      400,
      'Could not determine what operation to execute.',
    ],
  ])('with %s says what is wrong', async (_, body, status, sentence) => {
    expect(await send('POST', '', body)).toEqual(refusedWith(status, sentence));
  });

  test('with bytes that are not UTF-8 is not read', async () => {
    const body = Buffer.from('{"query":"mutation { publish(input: { topic: \\"a\u00ff\\" }) { topic } }"}', 'latin1');
    expect(await send('POST', '', body)).toEqual(refusedWith(400, 'the body is not UTF-8'));
  });

  test.each(['text/plain', 'application/xml', 'multipart/form-data; boundary=x'])(
    'with the content type %s says what is served',
    async (type) => {
      const sentence = `content type '${type}' is not served; send application/json`;
      expect(await send('POST', '', JSON.stringify({ query: publish }), type)).toEqual(refusedWith(415, sentence));
    },
  );

  test.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS'])('by %s says which methods there are', async (method) => {
    const sentence = 'GraphQL only supports GET and POST requests.';
    expect(await send(method, '')).toEqual(refusedWith(405, sentence));
  });

  test.each<[string, number, string]>([
    ['', 200, 'Must provide query string.'],
    ['?query=%zz', 200, 'Syntax Error: Unexpected character: "%".'],
    ['?query=%7Bnodes%7Bname%7D%7D&variables=%7B', 400, 'variables and extensions must be JSON objects'],
    ['?query=%7Bnodes%7Bname%7D%7D&extensions=x', 400, 'variables and extensions must be JSON objects'],
    [
      '?query=%7Bnodes%7Bname%7D%7D&variables=5',
      400,
      'Expected "variables" param to be empty or an object, but given number.',
    ],
    [`?query=${encodeURIComponent(publish)}`, 405, 'Can only perform a mutation operation from a POST request.'],
  ])('by GET with %s says what is wrong', async (query, status, sentence) => {
    expect(await send('GET', query)).toEqual(refusedWith(status, sentence));
  });

  test('that repeats a parameter is read by its first', async () => {
    const { data } = await send('GET', '?query=%7Bnodes%7Bname%7D%7D&query=%7Bnope%7D');
    expect(data).toEqual({ nodes: [{ name: 'brokerql@127.0.0.1' }] });
  });

  test('whose mutation is malformed in one place does nothing at all', async () => {
    const query = `mutation { a: publish(input: { topic: "a" }) { topic } b: publish(input: { topic: 5 }) { topic } }`;
    const { data, errors } = await send('POST', '', JSON.stringify({ query }));
    expect(data).toBeUndefined();
    expect(errors).toEqual([message('String cannot represent a non string value: 5')]);
  });
});
