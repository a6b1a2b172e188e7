#!/usr/bin/env node
import './production.ts';
import { readFileSync } from 'node:fs';
import { parseCommand } from './config/command.ts';
import { ConfigError } from './config/config-error.ts';
import type { Config } from './config/settings.ts';
import type { Gateway } from './gateway.ts';
import { createLog, type Log } from './log.ts';
import { version } from './package.ts';

/** A close that takes longer is not waited for. */
const CLOSE_TIMEOUT = 4500;

/** Says in one line why the program does not start. */
function refuseStart(line: string): never {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

function sentenceOf(error: unknown): string | null {
  if (error instanceof ConfigError) return error.message;
  // Named, not imported: the store is loaded only when the broker starts.
  if (error instanceof Error && error.name === 'StoreError') return error.message;
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === 'EADDRINUSE') return `port ${port} on ${address} is in use by another process`;
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return (error as Error).message;
  return null;
}

function closeOnSignals(gateway: Gateway, log: Log): void {
  let isClosing = false;
  const close = async (signal: NodeJS.Signals): Promise<void> => {
    // Whoever asks a second time does not want to wait.
    if (isClosing) process.exit(130);
    isClosing = true;
    log.info(`${signal}: closing`);
    setTimeout(() => {
      log.error('closing took too long');
      process.exit(1);
    }, CLOSE_TIMEOUT).unref();
    await gateway.close();
    log.info('closed');
    process.exit(0);
  };
  process.on('SIGINT', close).on('SIGTERM', close);
}

async function start(config: Config): Promise<void> {
  // Loaded only now: a person who asks for the version need not wait for the broker.
  const [{ createGateway }, { summary }] = await Promise.all([import('./gateway.ts'), import('./summary.ts')]);
  const log = createLog(config.log.level);
  const gateway = await createGateway(config, log);
  const generated = await gateway.listen();
  closeOnSignals(gateway, log);
  process.stdout.write(summary(config, gateway, generated));
}

try {
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const command = parseCommand({ argv: process.argv.slice(2), env: process.env, readFile });
  if (command.command === 'start') await start(command.config);
  else process.stdout.write(command.command === 'help' ? command.text : `${version}\n`);
} catch (error) {
  const sentence = sentenceOf(error);
  if (sentence === null) throw error;
  refuseStart(sentence);
}
