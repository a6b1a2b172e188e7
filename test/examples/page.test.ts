import { createReadStream } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { APP, startGateway, type TestGateway } from '../support/gateway.ts';
import { type Browser, type Page, startBrowser } from './support/browser.ts';
import { pathOf } from './support/example.ts';
import { type Line, openLine } from './support/line.ts';
import { findTool } from './support/tool.ts';

const FILE = pathOf('watch-connections.html');
const chromium = findTool('CHROMIUM', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable');

/** Serves the page as its first lines say. */
async function servePage(): Promise<{ readonly server: Server; readonly origin: string }> {
  const server = createServer((_, to) => createReadStream(FILE).pipe(to));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe.skipIf(chromium === null)('examples/watch-connections.html', () => {
  let browser: Browser;
  let gateway: TestGateway;
  let line: Line;
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    ({ server, origin } = await servePage());
    gateway = await startGateway(`http: {origins: ['${origin}']}`);
    line = await openLine(gateway.gateway.ports.management.port);
    browser = await startBrowser(chromium ?? '');
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await line?.cut();
    await gateway?.close();
    server?.close();
    server?.closeAllConnections();
  });

  const address = (): string => `ws://127.0.0.1:${line.port}/graphql`;

  /** Fills in the form, and presses its button. */
  const fillIn = (page: Page, { secret = APP.secret } = {}): Promise<void> =>
    page.evaluate(`{
      const form = document.forms[0];
      Object.entries(${JSON.stringify({ url: address(), id: APP.id, secret })}).forEach(([name, value]) => {
        form.elements[name].value = value;
      });
      form.querySelector('button').click();
    }`);

  /** The rows as one sees them, each with its first three cells and the last. */
  const rows = (page: Page): Promise<string[]> =>
    page.evaluate(`[...document.querySelectorAll('tbody tr')].map(({ cells: [client, user, address, , messages] }) =>
      [client, user, address, messages].map(({ textContent }) => textContent).join(' | '))`);

  const shows = (page: Page, sentence: string): Promise<void> =>
    page.until(`document.querySelector('[role=status]').textContent === ${JSON.stringify(sentence)}`);

  const isStale = (page: Page): Promise<boolean> =>
    page.evaluate(`getComputedStyle(document.querySelector('table')).opacity !== '1'`);

  test('shows who is connected, and stays true as clients come, publish and go', async () => {
    const first = await gateway.connect({ clientId: 'sensor-1', username: 'plant' });
    const page = await browser.open(origin);
    await fillIn(page);
    await shows(page, '1 connected');
    expect(await rows(page)).toEqual(['sensor-1 | plant | 127.0.0.1 | 0']);

    const second = await gateway.connect({ clientId: 'sensor-2' });
    await shows(page, '2 connected');
    expect(await rows(page)).toEqual(['sensor-2 |  | 127.0.0.1 | 0', 'sensor-1 | plant | 127.0.0.1 | 0']);

    await first.publishAsync('plant/1', 'on', { qos: 1 });
    await page.until(`document.querySelector('tbody tr:last-child td:last-child').textContent === '1'`);
    expect(await rows(page)).toEqual(['sensor-2 |  | 127.0.0.1 | 0', 'sensor-1 | plant | 127.0.0.1 | 1']);

    await second.endAsync();
    await shows(page, '1 connected');
    expect(await rows(page)).toEqual(['sensor-1 | plant | 127.0.0.1 | 1']);
    await first.endAsync();
    await shows(page, '0 connected');
    expect(await rows(page)).toEqual([]);
    expect(await isStale(page)).toBe(false);
    expect(page.faults).toEqual([]);
  });

  test('is true again after an interruption, and says meanwhile that it is not', async () => {
    const gone = await gateway.connect({ clientId: 'gone' });
    const page = await browser.open(origin);
    await fillIn(page);
    await shows(page, '1 connected');
    await line.cut();
    await shows(page, 'Interrupted, trying again');
    expect(await isStale(page)).toBe(true);
    await gone.endAsync();
    const here = await gateway.connect({ clientId: 'here' });
    const there = await gateway.connect({ clientId: 'there' });
    await line.mend();
    await shows(page, '2 connected');
    expect(await rows(page)).toEqual(['there |  | 127.0.0.1 | 0', 'here |  | 127.0.0.1 | 0']);
    expect(await isStale(page)).toBe(false);
    await here.endAsync();
    await there.endAsync();
  });

  test('shows what a client says as text', async () => {
    const clientId = '<img src=x onerror=document.title=1>';
    const client = await gateway.connect({ clientId });
    const page = await browser.open(origin);
    await fillIn(page);
    await shows(page, '1 connected');
    expect(await rows(page)).toEqual([`${clientId} |  | 127.0.0.1 | 0`]);
    expect(await page.evaluate(`document.querySelectorAll('img').length`)).toBe(0);
    await client.endAsync();
  });

  test('shows the newest hundred of many', async () => {
    const clients = await Promise.all(
      Array.from({ length: 101 }, (_, i) => gateway.connect({ clientId: `many-${i}` })),
    );
    const page = await browser.open(origin);
    await fillIn(page);
    await shows(page, '101 connected, the newest 100 are shown');
    await clients[0]!.endAsync();
    await shows(page, '100 connected');
    expect((await rows(page)).length).toBe(100);
    await Promise.all(clients.slice(1).map((client) => client.endAsync()));
    await shows(page, '0 connected');
    expect(page.faults).toEqual([]);
  });

  test('loads nothing but itself', async () => {
    const page = await browser.open(`${origin}/`);
    await fillIn(page);
    await shows(page, '0 connected');
    expect(page.asked.filter((url) => !url.endsWith('/favicon.ico'))).toEqual([`${origin}/`, address()]);
  });

  test('says so when the secret is wrong', async () => {
    const page = await browser.open(origin);
    await fillIn(page, { secret: 'wrong' });
    await shows(page, 'The application or its secret is wrong, or holds no longer');
    await fillIn(page);
    await shows(page, '0 connected');
  });

  test('says what to set when the page is one of another origin', async () => {
    const other = await servePage();
    const page = await browser.open(other.origin);
    await fillIn(page);
    await shows(page, `No way to ${address()}: does it run there, and is ${other.origin} in its setting http.origins?`);
    other.server.close();
    other.server.closeAllConnections();
  });

  test('says what to do when it is opened as a file', async () => {
    const page = await browser.open(pathToFileURL(FILE).href);
    await fillIn(page);
    await shows(page, 'The broker lets no page in that is opened as a file: serve it, as its first lines say');
  });
});
