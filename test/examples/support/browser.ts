import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** What a page shows and does. */
export interface Page {
  /** Addresses that it asked for, in their order. */
  readonly asked: readonly string[];
  /** What was thrown in it and not caught. */
  readonly faults: readonly string[];
  /** The value of an expression of JavaScript; a promise is waited for. */
  evaluate<Value>(expression: string): Promise<Value>;
  /** Resolves when an expression is true, which is looked at whenever the document changes. */
  until(expression: string): Promise<void>;
}

export interface Browser {
  open(url: string): Promise<Page>;
  close(): Promise<void>;
}

interface Message {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: Result;
  readonly result?: Result;
  readonly error?: { readonly message: string };
}

type Result = Record<string, unknown>;
type Send = (method: string, params?: object, sessionId?: string) => Promise<Result>;

/** Speaks the DevTools protocol through the pipes of `--remote-debugging-pipe`: JSON that ends with a NUL. */
function speak(child: ChildProcess, onEvent: (message: Message) => void): Send {
  const [, , , toBrowser, fromBrowser] = child.stdio as unknown as [unknown, unknown, unknown, Writable, Readable];
  const waiting = new Map<number, { resolve(result: Result): void; reject(error: Error): void }>();
  toBrowser.on('error', () => {});
  let text = '';
  fromBrowser.setEncoding('utf8').on('data', (chunk: string) => {
    const messages = (text + chunk).split('\0');
    text = messages.pop() ?? '';
    for (const each of messages) {
      const message = JSON.parse(each) as Message;
      const one = waiting.get(message.id ?? -1);
      if (!one) onEvent(message);
      else if (message.error) one.reject(new Error(message.error.message));
      else one.resolve(message.result ?? {});
    }
  });
  child.once('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`the browser ended with ${code}`));
  });
  let sent = 0;
  return (method, params = {}, sessionId) => {
    const id = ++sent;
    toBrowser.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const answer = new Promise<Result>((resolve, reject) => waiting.set(id, { resolve, reject }));
    return answer.finally(() => waiting.delete(id));
  };
}

/** Starts a browser without a window, with a profile of its own and nothing that calls home. */
export async function startBrowser(program: string): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'brokerql-browser-'));
  const quiet = ['component-update', 'background-networking', 'sync', 'default-apps', 'extensions', 'gpu', 'quic'];
  const child = spawn(
    program,
    [
      '--headless',
      '--remote-debugging-pipe',
      `--user-data-dir=${profile}`,
      '--no-first-run',
      ...quiet.map((what) => `--disable-${what}`),
      // Its sandbox is not there for root, as who many containers run.
      ...(process.getuid?.() === 0 ? ['--no-sandbox', '--disable-dev-shm-usage'] : []),
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
  );
  const listeners = new Map<string, (message: Message) => void>();
  const send = speak(child, (message) => listeners.get(message.sessionId ?? '')?.(message));
  await send('Browser.getVersion');

  return {
    async open(url) {
      const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
      const { sessionId } = (await send('Target.attachToTarget', { targetId, flatten: true })) as { sessionId: string };
      const asked: string[] = [];
      const faults: string[] = [];
      listeners.set(sessionId, ({ method, params = {} }) => {
        if (method === 'Network.requestWillBeSent') asked.push((params.request as { url: string }).url);
        if (method === 'Network.webSocketCreated') asked.push(params.url as string);
        if (method === 'Runtime.exceptionThrown') faults.push(JSON.stringify(params.exceptionDetails));
      });
      for (const domain of ['Page', 'Network', 'Runtime']) await send(`${domain}.enable`, {}, sessionId);
      // Answers when the document is there, not when it is whole.
      await send('Page.navigate', { url }, sessionId);
      const evaluate = async <Value>(expression: string): Promise<Value> => {
        const asking = { expression, awaitPromise: true, returnByValue: true };
        const { result, exceptionDetails } = await send('Runtime.evaluate', asking, sessionId);
        if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
        return (result as { value: Value }).value;
      };
      await evaluate(`new Promise((resolve) => {
        if (document.readyState === 'complete') resolve();
        else addEventListener('load', resolve);
      })`);
      return {
        asked,
        faults,
        evaluate,
        until: (expression) =>
          evaluate(`new Promise((resolve) => {
            const observer = new MutationObserver(() => look());
            const look = () => {
              if (!(${expression})) return;
              observer.disconnect();
              resolve();
            };
            observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
            look();
          })`),
      };
    },
    async close() {
      const exited = once(child, 'exit');
      await send('Browser.close').catch(() => {});
      await exited;
      rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
