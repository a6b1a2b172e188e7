import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { APP_AUTHORIZATION, startGateway, type TestGateway } from '../support/gateway.ts';

/** What a page loads from another host: resources of elements and styles, modules, workers, requests. */
const loads = [
  /\b(?:src|href|srcset|action|poster)\s*=\s*["'`]?\s*((?:https?:)?\/\/[^"'`\s>]+)/gi,
  /\burl\(\s*["']?\s*((?:https?:)?\/\/[^"')\s]+)/gi,
  /\bimport\s*(?:\(\s*)?["'`]((?:https?:)?\/\/[^"'`]+)/gi,
  /\bfrom\s*["']((?:https?:)?\/\/[^"']+)/gi,
  /\b(?:importScripts|fetch|open|Worker|WebSocket|EventSource)\(\s*["'`]((?:https?:|wss?:)?\/\/[^"'`]+)/gi,
];

const foreignLoads = (page: string): string[] =>
  loads.flatMap((pattern) => Array.from(page.matchAll(pattern), ([, address]) => address!));

describe('GET /graphql in a browser', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway();
  });

  afterAll(() => gateway.close());

  const open = (headers: Record<string, string>) =>
    fetch(`${gateway.httpUrl}/graphql`, { headers: { accept: 'text/html,application/xhtml+xml', ...headers } });

  test('answers GraphiQL, which loads nothing from another host', async () => {
    const response = await open({ authorization: APP_AUTHORIZATION });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    const page = await response.text();
    expect(page).toContain('<title>brokerql</title>');
    expect(page).toContain('YogaGraphiQL.renderYogaGraphiQL(');
    expect(foreignLoads(page)).toEqual([]);
  });

  test('asks for credentials when there are none', async () => {
    const response = await open({});
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Basic realm="brokerql", charset="UTF-8"');
    expect(await response.json()).toEqual({
      errors: [{ message: 'credentials are missing or wrong', extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  test.each([
    ['a script', '<script src="https://cdn.example/graphiql.js"></script>', 'https://cdn.example/graphiql.js'],
    ['a style', '<link rel="stylesheet" href=//cdn.example/a.css>', '//cdn.example/a.css'],
    ['a font', '@font-face { src: url(https://cdn.example/a.woff) }', 'https://cdn.example/a.woff'],
    ['a module', 'import React from "https://cdn.example/react"', 'https://cdn.example/react'],
    ['a module on demand', 'await import(`https://cdn.example/monaco`)', 'https://cdn.example/monaco'],
    ['a request', "fetch('https://api.example/')", 'https://api.example/'],
  ])('would not pass with %s of another host', (_what, page, address) => {
    expect(foreignLoads(page)).toEqual([address]);
  });
});
