import pino from 'pino';
import type { LogFields, Logger } from '../core/foundation/logger.ts';
import { LOG_LEVELS, type LogFormat, type LogLevel } from './options.ts';

/** A logger that writes to stderr: JSON by pino, or lines for people. */
export function createLogger(format: LogFormat, level: LogLevel): Logger {
  return format === 'json' ? jsonLogger(level) : textLogger(level, (line) => process.stderr.write(line));
}

/** One line a message: `12:34:56 warn  message  key=value`. */
export function textLogger(
  level: LogLevel,
  write: (line: string) => unknown,
  time: () => Date = () => new Date(),
): Logger {
  const least = LOG_LEVELS.indexOf(level);
  const log =
    (at: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (LOG_LEVELS.indexOf(at) < least) return;
      const facts = Object.entries(fields)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => `  ${key}=${quoteWhereNeeded(String(value))}`);
      write(`${time().toTimeString().slice(0, 8)} ${at.padEnd(5)} ${message}${facts.join('')}\n`);
    };
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}

function jsonLogger(level: LogLevel): Logger {
  // Synchronous: a log line of a process about to end must not be lost.
  const destination = pino.destination({ dest: 2, sync: true });
  // A log that cannot be written must not end a server.
  destination.on('error', () => undefined);
  const logger = pino({ level, base: null }, destination);
  return {
    debug: (message, fields) => logger.debug(fields ?? {}, message),
    info: (message, fields) => logger.info(fields ?? {}, message),
    warn: (message, fields) => logger.warn(fields ?? {}, message),
    error: (message, fields) => logger.error(fields ?? {}, message),
  };
}

function quoteWhereNeeded(value: string): string {
  return /^[^\s"\p{Cc}]+$/u.test(value) ? value : JSON.stringify(value);
}
