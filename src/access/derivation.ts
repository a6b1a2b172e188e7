import { Worker } from 'node:worker_threads';

/** The price of one derivation, in the letters of RFC 7914: memory is 128·N·r bytes. */
export interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** Derives a key of 32 bytes from a secret. */
export type Derive = (secret: string, salt: Buffer, cost: Cost) => Promise<Buffer>;

interface Task {
  readonly secret: string;
  readonly salt: Buffer;
  readonly cost: Cost;
}

type Derived = { readonly key: Uint8Array } | { readonly fault: string };

/**
 * What a thread runs. Its text is all that the thread gets, so it names nothing of this module.
 *
 * Linux alone has a priority for each thread. A derivation takes tens of milliseconds of a processor: at the priority of
 * the main thread, strangers who log in would make MQTT wait for it.
 */
function runThread(): void {
  const { parentPort } = process.getBuiltinModule('node:worker_threads');
  const { scryptSync } = process.getBuiltinModule('node:crypto');
  if (process.platform === 'linux') {
    try {
      const thread = process.getBuiltinModule('node:fs').readlinkSync('/proc/thread-self');
      process.getBuiltinModule('node:os').setPriority(Number(thread.split('/').at(-1)), 19);
    } catch {
      // Without /proc it is as everywhere else.
    }
  }
  parentPort?.on('message', ({ secret, salt, cost }: Task) => {
    try {
      const key = scryptSync(secret, salt, 32, { ...cost, maxmem: 64 * 1024 * 1024 });
      parentPort.postMessage({ key });
    } catch (error) {
      parentPort.postMessage({ fault: String(error) });
    }
  });
}

const idle: Worker[] = [];

function startThread(): Worker {
  const thread = new Worker(`(${runThread})()`, { eval: true, execArgv: [] });
  thread.once('exit', () => {
    const index = idle.indexOf(thread);
    if (index >= 0) idle.splice(index, 1);
  });
  return thread;
}

/**
 * Derives by scrypt, in a thread beside those of libuv, which the store needs. There are as many threads as derivations
 * ran at once; they wait for the next one, and do not keep the process alive.
 */
export const deriveByScrypt: Derive = (secret, salt, cost) => {
  const thread = idle.pop() ?? startThread();
  thread.ref();
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      thread.off('message', settle).off('error', reject).off('exit', fail);
      thread.unref();
    };
    const settle = (derived: Derived): void => {
      leave();
      idle.push(thread);
      if ('key' in derived) resolve(Buffer.from(derived.key));
      else reject(new Error(derived.fault));
    };
    const fail = (): void => reject(new Error('the thread of a derivation ended'));
    thread.on('message', settle).on('error', reject).on('exit', fail);
    thread.postMessage({ secret, salt, cost } satisfies Task);
  });
};
