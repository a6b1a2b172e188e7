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

const SECRET_KEYS = ['password', 'secret', 'authorization'];

/**
 * A log that writes to `stream` from `level` on: JSON lines with ISO 8601 UTC times, or lines for a person
 * where the stream is a terminal. A line has been handed to the stream when the call returns.
 * `password`, `secret` and `authorization` read `[redacted]` at the top and one level deep.
 */
export function createLog(level: LogLevel, stream: LogStream = process.stdout): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`]), censor: '[redacted]' },
    },
    stream.isTTY === true ? readable(stream) : { write: (line) => void stream.write(line) },
  );
}

// pino-pretty's own stream writes in a later turn, so the last lines before an exit would be lost.
function readable(stream: LogStream): DestinationStream {
  const pretty = prettyFactory({
    colorize: stream.hasColors?.() ?? false,
    translateTime: 'SYS:HH:MM:ss.l',
  });
  return { write: (line) => void stream.write(pretty(line)) };
}
