import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Logger } from '../../foundation/logger.ts';
import { engineProcessEntry } from './entry.ts';
import type { EngineReport } from './messages.ts';
import type { EngineExit, EngineProcess } from './process.ts';

/** A native fault of its own; any other signal was sent by someone. */
const FAULTS: ReadonlySet<string> = new Set([
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGILL',
  'SIGSEGV',
  'SIGSYS',
  'SIGTRAP',
]);

/** Lines a native library writes are cut here before they are logged. */
const MAX_LOGGED_LINE = 500;

export interface ChildProcessOptions {
  readonly logger: Logger;
  /** Decodes that may run at the same time: the process gets as many pool threads. */
  readonly maxConcurrent: number;
  /** Path of the entry's JavaScript. Default: {@link engineProcessEntry}. */
  readonly entry?: string;
}

/** An {@link EngineProcess} that also tells its process id. */
export interface EngineChildProcess extends EngineProcess {
  readonly pid: number | undefined;
}

/**
 * Starts an engine process with Node's `fork`. What it writes to its standard streams goes to the log at
 * `debug`: ggml prints there whatever it is told.
 *
 * @throws {EngineError} `engine_not_built`.
 */
export function forkEngineProcess(options: ChildProcessOptions): EngineChildProcess {
  const { logger } = options;
  const child = fork(options.entry ?? engineProcessEntry(), [], {
    // Structured clone: samples travel as bytes, not as a JSON list of numbers.
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Not the parent's flags: an inspector's port, for one, can be taken only once.
    execArgv: [],
    // Native decodes block pool threads; the spare ones are for reading files meanwhile.
    env: { ...process.env, UV_THREADPOOL_SIZE: String(options.maxConcurrent + 2) },
  });
  logLines(child.stdout, logger);
  logLines(child.stderr, logger);

  let notify: ((exit: EngineExit) => void) | null = null;
  let exit: EngineExit | null = null;
  let ended = false;
  // The channel may still hold reports when the process is gone, so its end is awaited too.
  const endOnce = () => {
    if (ended || !exit || child.connected) return;
    ended = true;
    notify?.(exit);
  };
  child.on('exit', (code, signal) => {
    exit = signal
      ? { reason: `signal ${signal}`, external: !FAULTS.has(signal) }
      : { reason: `code ${code}`, external: false };
    endOnce();
  });
  child.on('disconnect', endOnce);
  child.on('error', (error) => {
    logger.warn('The engine process reported an error.', { error: error.message });
    // Without a process id it never started, and no exit will follow.
    if (child.pid === undefined) {
      exit = { reason: error.message, external: false };
      endOnce();
    }
  });

  return {
    pid: child.pid,
    post(command) {
      if (!child.connected) return;
      // A send that fails because the process just died is answered by its exit.
      child.send(command, (error) => {
        if (error) logger.debug('A command did not reach the engine process.', { error: error.message });
      });
    },
    onReport(listener) {
      child.on('message', (report) => listener(report as EngineReport));
    },
    onExit(listener) {
      notify = listener;
    },
    kill() {
      child.kill('SIGKILL');
    },
  };
}

function logLines(stream: Readable | null, logger: Logger): void {
  if (!stream) return;
  createInterface({ input: stream }).on('line', (line) =>
    logger.debug('The engine process wrote a line.', { line: line.slice(0, MAX_LOGGED_LINE) }),
  );
}
