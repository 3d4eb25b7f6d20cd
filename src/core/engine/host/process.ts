import type { EngineCommand, EngineReport } from './messages.ts';

/** How an engine process ended. */
export interface EngineExit {
  /** For the log, e.g. `signal SIGSEGV` or `code 1`. */
  readonly reason: string;
  /** Ended from outside, by the user or the system: whatever it was decoding is not to blame. */
  readonly external: boolean;
}

/**
 * A process that hosts an engine, whatever it is made of: Node's `child_process`, Electron's
 * `utilityProcess`, or nothing but memory in tests.
 */
export interface EngineProcess {
  /** Sends a command. Does nothing once the process has ended. */
  post(command: EngineCommand): void;
  /** Sets who hears its reports. Call before the current turn of the event loop ends. */
  onReport(listener: (report: EngineReport) => void): void;
  /** Sets who hears of its end: once, after the last report. */
  onExit(listener: (exit: EngineExit) => void): void;
  /** Ends the process at once, without asking it. */
  kill(): void;
}
