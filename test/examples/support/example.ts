import { join } from 'node:path';
import { packageRoot } from '../../../src/package.ts';
import { type Run, runCommand } from '../../process/program.ts';
import { APP } from '../../support/gateway.ts';

/** Where an example is. */
export const pathOf = (name: string): string => join(packageRoot, 'examples', name);

/** Starts an example as its first lines say, by the application of the test unless `env` has another one. */
export function runExample(name: string, args: readonly string[], env: Record<string, string> = {}): Run {
  const command = name.endsWith('.sh') ? 'sh' : process.execPath;
  return runCommand(command, [pathOf(name), ...args], { env: { APP: `${APP.id}:${APP.secret}`, ...env } });
}

/** The lines of standard output that are whole. */
export const linesOf = ({ stdout }: Run): string[] => stdout.split('\n').slice(0, -1);
