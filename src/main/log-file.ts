import path from 'node:path';
import log from 'electron-log/node.js';
import type { LogFields, Logger } from '../core/foundation/logger.ts';

/** The file that is full is kept as `surtitle.old.log`, so twice this much is used at most. */
const MAX_BYTES = 2 * 1024 * 1024;

export function logFolder(dataFolder: string): string {
  return path.join(dataFolder, 'logs');
}

/** Writes to a file in the data folder, one line a message. Facts only: never transcript text, audio or a token. */
export function createLogFile(dataFolder: string): Logger {
  const out = log.create({ logId: 'surtitle' });
  out.transports.console.level = false;
  out.transports.file.level = process.env.SURTITLE_LOG_LEVEL === 'debug' ? 'debug' : 'info';
  out.transports.file.maxSize = MAX_BYTES;
  out.transports.file.resolvePathFn = () => path.join(logFolder(dataFolder), 'surtitle.log');
  out.transports.file.writeOptions = { flag: 'a', mode: 0o600, encoding: 'utf8' };
  out.transports.file.format = ({ message }) => [
    `${message.date.toISOString()} ${message.level.padEnd(5)} ${message.data.map(String).join('')}`,
  ];
  const line = (message: string, fields: LogFields = {}): string => {
    const facts = Object.entries(fields).filter(([, value]) => value !== undefined);
    return [message, ...facts.map(([name, value]) => `  ${name}=${JSON.stringify(value)}`)].join('');
  };
  return {
    debug: (message, fields) => out.debug(line(message, fields)),
    info: (message, fields) => out.info(line(message, fields)),
    warn: (message, fields) => out.warn(line(message, fields)),
    error: (message, fields) => out.error(line(message, fields)),
  };
}
