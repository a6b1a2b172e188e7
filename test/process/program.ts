import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const ROOT = resolve(import.meta.dirname, '../..');

/** The program as a user has it: built, and started with `node`. */
export interface Program {
  readonly main: string;
}

/** Builds what `npm run build` builds, into a folder of its own. */
export async function buildProgram(): Promise<Program> {
  const folder = newFolder();
  for (const name of ['node_modules', 'schema']) symlinkSync(join(ROOT, name), join(folder, name));
  copyFileSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  const tsc = join(ROOT, 'node_modules/.bin/tsc');
  await promisify(execFile)(tsc, ['-p', 'tsconfig.build.json', '--outDir', join(folder, 'dist')], { cwd: ROOT });
  return { main: join(folder, 'dist/src/main.js') };
}

const folders: string[] = [];

/** A folder that `cleanUp` removes. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'brokerql-process-'));
  folders.push(folder);
  return folder;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One run of the program, with what it wrote so far. */
export interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly exited: Promise<Exit>;
  /** Resolves when standard output, or another stream, holds this text; fails when the program ends before. */
  untilPrinted(text: string, stream?: 'stdout' | 'stderr'): Promise<void>;
  /** Address and port behind a label of the summary, as `127.0.0.1:1883`. */
  address(label: string): string;
  kill(signal: NodeJS.Signals): void;
}

export interface RunOptions {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
}

const FREE_PORTS = {
  BROKERQL_MQTT_PORT: '0',
  BROKERQL_WS_PORT: '0',
  BROKERQL_HTTP_PORT: '0',
  BROKERQL_DASHBOARD_PORT: '0',
};

const running = new Set<{ kill(signal: NodeJS.Signals): boolean }>();

/** Runs the program with nothing of this environment but the search path. */
export const run = ({ main }: Program, args: readonly string[], options?: RunOptions): Run =>
  runCommand(process.execPath, [main, ...args], options);

/** Runs a command in the same way. */
export function runCommand(
  command: string,
  args: readonly string[],
  { env = {}, cwd = tmpdir() }: RunOptions = {},
): Run {
  const child = spawn(command, args, { cwd, env: { PATH: process.env.PATH, ...env } });
  running.add(child);
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      printed[stream] += text;
    });
  }
  const exited = once(child, 'close').then(([code, signal]): Exit => {
    running.delete(child);
    return { code, signal };
  });
  return {
    get stdout() {
      return printed.stdout;
    },
    get stderr() {
      return printed.stderr;
    },
    exited,
    async untilPrinted(text, stream = 'stdout') {
      const early = exited.then(({ code }) => {
        throw new Error(`ended with ${code} before it printed '${text}': ${printed.stdout}${printed.stderr}`);
      });
      while (!printed[stream].includes(text)) await Promise.race([once(child[stream], 'data'), early]);
      early.catch(() => {});
    },
    address(label) {
      const line = printed.stdout.split('\n').find((one) => one.startsWith(`  ${label} `)) ?? '';
      return /:\/\/([^/\s]+)/.exec(line)?.[1] ?? '';
    },
    kill: (signal) => void child.kill(signal),
  };
}

/** Starts the program on free ports, in a new folder unless one is given, and resolves when its summary is out. */
export async function start(program: Program, args: readonly string[] = [], options: RunOptions = {}): Promise<Run> {
  const cwd = options.cwd ?? newFolder();
  const one = run(program, ['start', ...args], { cwd, env: { ...FREE_PORTS, ...options.env } });
  await one.untilPrinted('dashboard: REST');
  return one;
}

/** Ends a run in the gentle way. */
export async function stop(one: Run): Promise<Exit> {
  one.kill('SIGTERM');
  return one.exited;
}

/** Ends what a failed test left running, and removes all folders. */
export function cleanUp(): void {
  for (const child of running) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

/** Lines of standard output that the log wrote. */
export const logLines = ({ stdout }: Run): string[] => stdout.split('\n').filter((line) => line.startsWith('{'));
