import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { LogLevel } from './config/settings.ts';

/** The program's log. `log.info({ clientId }, 'client connected')` writes one line. */
export type Log = Logger;

/** Where lines go: a terminal says so in `isTTY`, and `hasColors` answers whether it shows colours. */
export interface LogStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  hasColors?(): boolean;
}

/** Logs that were derived from a log, as long as somebody has them. */
const derived = new WeakMap<Log, Set<WeakRef<Log>>>();

/** From now on a log, and those derived from it, write lines of this level and above. */
export function setLevel(log: Log, level: LogLevel): void {
  log.level = level;
  for (const reference of derived.get(log) ?? []) {
    const child = reference.deref();
    if (child) child.level = level;
    else derived.get(log)?.delete(reference);
  }
}

const SECRET_KEYS = ['password', 'secret', 'authorization'];

/**
 * A log that writes to `stream` from `level` on: JSON lines with ISO 8601 UTC times, or lines for a person
 * where the stream is a terminal. A line has been handed to the stream when the call returns.
 * `password`, `secret` and `authorization` read `[redacted]` at the top and one level deep.
 */
export function createLog(level: LogLevel, stream: LogStream = process.stdout): Log {
  const children = new Set<WeakRef<Log>>();
  const log = pino(
    {
      level,
      onChild: (child) => void children.add(new WeakRef(child)),
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`]), censor: '[redacted]' },
    },
    stream.isTTY === true ? readable(stream) : { write: (line) => void stream.write(line) },
  );
  derived.set(log, children);
  return log;
}

// pino-pretty's own stream writes in a later turn, so the last lines before an exit would be lost.
function readable(stream: LogStream): DestinationStream {
  const pretty = prettyFactory({
    colorize: stream.hasColors?.() ?? false,
    translateTime: 'SYS:HH:MM:ss.l',
  });
  return { write: (line) => void stream.write(pretty(line)) };
}
