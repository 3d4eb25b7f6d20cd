/** Facts that go with a log line. Never transcript text, audio or a token. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Where the core writes what an operator may want to know. The shells decide where it goes. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Drops everything. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
