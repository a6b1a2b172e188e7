#!/usr/bin/env node
import './production.ts';
import { readFileSync } from 'node:fs';
import { UsageError } from './cli/usage-error.ts';
import { type Command, parseCommand } from './config/command.ts';
import { ConfigError } from './config/config-error.ts';
import type { Config } from './config/settings.ts';
import type { Gateway } from './gateway.ts';
import { createLog, type Log } from './log.ts';
import { version } from './package.ts';

/** Milliseconds beside what a close takes on purpose; one that takes longer is not waited for. */
const CLOSE_TIMEOUT = 4500;

const REFUSALS = ['StoreError', 'CertificateError', 'CommandRefusal', 'BrokerError'];

/** Says why the program does not do what it is asked to. */
function refuse(text: string, code: number): never {
  process.stderr.write(`${text}\n`);
  process.exit(code);
}

function sentenceOf(error: unknown): string | null {
  if (error instanceof ConfigError) return error.message;
  // Named, not imported: what throws them is loaded only when it is needed.
  if (error instanceof Error && REFUSALS.includes(error.name)) return error.message;
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === 'EADDRINUSE') return `port ${port} on ${address} is in use by another process`;
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return (error as Error).message;
  return null;
}

function obeySignals(gateway: Gateway, log: Log): void {
  let isClosing = false;
  const close = async (signal: NodeJS.Signals): Promise<void> => {
    // Whoever asks a second time does not want to wait.
    if (isClosing) process.exit(130);
    isClosing = true;
    log.info(`${signal}: closing`);
    setTimeout(
      () => {
        log.error('closing took too long');
        process.exit(1);
      },
      CLOSE_TIMEOUT + gateway.closingTime * 1000,
    ).unref();
    await gateway.close();
    log.info('closed');
    process.exit(0);
  };
  process.on('SIGINT', close).on('SIGTERM', close);
  process.on('SIGHUP', () => gateway.reload());
}

/** What nobody caught leaves the process in a state that nobody knows: it is logged whole, and the process ends. */
function closeOnFaults(gateway: Gateway, log: Log): void {
  let isClosing = false;
  const end = (fault: unknown): void => {
    log.fatal({ err: fault }, 'an unexpected fault; closing');
    // One fault seldom comes alone, and the next one must not keep the store from being flushed.
    if (isClosing) return;
    isClosing = true;
    setTimeout(() => process.exit(1), CLOSE_TIMEOUT + gateway.closingTime * 1000).unref();
    gateway.close(0).finally(() => process.exit(1));
  };
  process.on('uncaughtException', end).on('unhandledRejection', end);
}

async function start(config: Config): Promise<void> {
  // Loaded only now: a person who asks for the version need not wait for the broker.
  const [{ createGateway }, { summary }] = await Promise.all([import('./gateway.ts'), import('./summary.ts')]);
  const log = createLog(config.log.level);
  const gateway = await createGateway(config, log);
  const generated = await gateway.listen();
  obeySignals(gateway, log);
  closeOnFaults(gateway, log);
  process.stdout.write(summary(config, gateway, generated));
}

async function run(command: Command): Promise<void> {
  switch (command.command) {
    case 'start':
      return start(command.config);
    case 'accounts': {
      const { runAccounts } = await import('./cli/run-accounts.ts');
      const { stdin, stdout, stderr } = process;
      return runAccounts(command, { input: stdin, output: stdout, notes: stderr });
    }
    case 'store': {
      const { runStore } = await import('./cli/run-store.ts');
      return runStore(command.deed, command.config, process.stdout);
    }
    case 'check': {
      const { checkFiles } = await import('./cli/check-files.ts');
      checkFiles(command.config);
      process.stdout.write('configuration is valid\n');
      return;
    }
    case 'help':
      process.stdout.write(command.text);
      return;
    case 'version':
      process.stdout.write(`${version}\n`);
  }
}

try {
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  await run(parseCommand({ argv: process.argv.slice(2), env: process.env, readFile }));
} catch (error) {
  if (error instanceof UsageError) refuse(`${error.message}\n${error.usage}`, 2);
  const sentence = sentenceOf(error);
  if (sentence === null) throw error;
  refuse(sentence, 1);
}
