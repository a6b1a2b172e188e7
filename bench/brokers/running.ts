import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const children = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** A broker in a process of its own, which ends with this one at the latest. */
export interface Running {
  readonly pid: number;
  /** Of MQTT over TCP, on 127.0.0.1. */
  readonly port: number;
  /** What it has written so far, to both of its streams. */
  readonly output: string;
  /** Sends this signal, and resolves when the process is gone. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

/** How a broker is started. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The port, read from what the process has written; null while it does not listen. */
  portIn(output: string): number | null;
}

/** Starts the process and resolves when it listens. Fails, with its words, when it ends before. */
export async function launch({ command, args, env = {}, portIn }: Launch): Promise<Running> {
  const child = spawn(command, args, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let output = '';
  let isGone = false;
  const gone = once(child, 'close').finally(() => {
    isGone = true;
    children.delete(child);
  });
  gone.catch(() => {});
  const port = await new Promise<number>((resolve, reject) => {
    const read = (text: string): void => {
      output += text;
      const found = portIn(output);
      if (found !== null) resolve(found);
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    gone.then(() => reject(new Error(`${command} ended before it listened: ${output}`)), reject);
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} has no process id`);
  return {
    pid,
    port,
    get output() {
      return output;
    },
    async end(signal = 'SIGTERM') {
      if (!isGone) child.kill(signal);
      await gone;
    },
  };
}
