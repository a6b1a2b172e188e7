import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../../..');

/** A process that works on a store, and can be killed. */
export interface Child {
  /** Answers the next line that it prints; fails when it ends before. */
  line(): Promise<string>;
  /** Writes a line to its standard input. */
  tell(line: string): void;
  /** Kills it as the system does when memory runs out, and waits for its end. */
  kill(): Promise<void>;
  /** Waits for its own end; fails unless that was a success. */
  end(): Promise<void>;
}

/** Builds the store for plain Node.js before the tests of a file; answers how scripts are run on it. */
export function useChildren(): { run(script: string, ...args: string[]): Child } {
  let folder = '';
  const running = new Set<ChildProcess>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'brokerql-child-'));
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const config = {
      extends: join(ROOT, 'tsconfig.build.json'),
      compilerOptions: { rootDir: ROOT, outDir: folder, typeRoots: [join(ROOT, 'node_modules/@types')] },
      include: [join(ROOT, 'src/store'), join(ROOT, 'src/**/*.d.ts')],
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await promisify(execFile)(join(ROOT, 'node_modules/.bin/tsc'), ['-p', folder]);
  });

  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  return {
    run(script, ...args) {
      const head = `
        const [${args.map((_, i) => `arg${i}`).join(', ')}] = ${JSON.stringify(args)};
        const say = (line) => new Promise((done) => process.stdout.write(line + '\\n', done));
        const store = (name) => import(${JSON.stringify(`${folder}/src/store/`)} + name + '.js');
      `;
      const child = spawn(process.execPath, ['--input-type=module', '--eval', head + script], {
        cwd: folder,
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      running.add(child);
      const exited = once(child, 'exit').then(([code]) => {
        running.delete(child);
        return code as number | null;
      });
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      return {
        async line() {
          const { value, done } = await lines.next();
          if (done) throw new Error(`the child ended with ${await exited}`);
          return value;
        },
        tell: (line) => void child.stdin.write(`${line}\n`),
        async kill() {
          child.kill('SIGKILL');
          await exited;
        },
        async end() {
          const code = await exited;
          if (code !== 0) throw new Error(`the child ended with ${code}`);
        },
      };
    },
  };
}
