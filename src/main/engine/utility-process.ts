import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { utilityProcess } from 'electron';
import type { EngineReport } from '../../core/engine/host/messages.ts';
import type { EngineExit, EngineProcess } from '../../core/engine/host/process.ts';
import type { Logger } from '../../core/foundation/logger.ts';

export interface UtilityEngineOptions {
  readonly logger: Logger;
  /** Decodes that may run at the same time: the process gets as many pool threads. */
  readonly maxConcurrent: number;
}

/** Lines a native library writes are cut here before they are logged. */
const MAX_LOGGED_LINE = 500;
/**
 * A utility process that a signal ended has the signal’s number as its exit code (seen with Electron 33 on Linux): 2, 9
 * and 15 were sent by someone, and 0 is what Electron makes of SIGHUP; ours leaves only when it is told to. Faults of its
 * own are 4, 6, 7, 8, 11.
 */
const ENDED_FROM_OUTSIDE: ReadonlySet<number> = new Set([0, 2, 9, 15]);

/** Starts an engine process as Electron’s `utilityProcess`. */
export function startUtilityEngine({ logger, maxConcurrent }: UtilityEngineOptions): EngineProcess {
  const entry = fileURLToPath(new URL('./utility-entry.js', import.meta.url));
  const child = utilityProcess.fork(entry, [], {
    serviceName: 'Surtitle speech engine',
    stdio: 'pipe',
    env: { ...process.env, UV_THREADPOOL_SIZE: String(maxConcurrent + 2) },
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) =>
      logger.debug('The engine process wrote a line.', { line: line.slice(0, MAX_LOGGED_LINE) }),
    );
  }
  let notify: ((exit: EngineExit) => void) | null = null;
  let ended = false;
  child.once('exit', (code) => {
    ended = true;
    notify?.({ reason: `code ${code}`, external: ENDED_FROM_OUTSIDE.has(code) });
  });
  return {
    post(command) {
      if (!ended) child.postMessage(command);
    },
    onReport(listener) {
      child.on('message', (report: EngineReport) => listener(report));
    },
    onExit(listener) {
      notify = listener;
    },
    kill() {
      // SIGTERM: a decode that runs does not see it, so the process is ended the hard way.
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
    },
  };
}
