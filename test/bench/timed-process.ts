import { spawn } from 'node:child_process';
import { canReadProcesses, childrenOf, cpuMsOfEndedChildren, peakMegabytesOf } from './process-usage.ts';

const MEMORY_INTERVAL_MS = 200;
const COMPLAINT_LENGTH = 500;

export interface ProgramCall {
  readonly program: string;
  readonly args: readonly string[];
  /** Beside the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a program cost, with all processes it started. */
export interface ProcessCost {
  /** From its start until it had ended. */
  readonly wallMs: number;
  /** User and system; `null` where it cannot be known. */
  readonly cpuMs: number | null;
  /** Sum of each process's own peak, so pages that two of them share count twice; `null` where it cannot be known. */
  readonly peakMegabytes: number | null;
}

/**
 * Runs a program to its end. Nothing else may be started meanwhile.
 * @returns `null` where it had to be stopped after `limitMs`.
 * @throws {Error} with the end of its complaint, where it failed.
 */
export async function timeProcess(call: ProgramCall, limitMs: number): Promise<ProcessCost | null> {
  const readable = canReadProcesses();
  const cpuBefore = readable ? cpuMsOfEndedChildren() : 0;
  const startedAt = performance.now();
  const child = spawn(call.program, call.args, {
    env: { ...process.env, ...call.env },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: limitMs,
  });
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => {
    complaint = `${complaint}${text}`.slice(-COMPLAINT_LENGTH);
  });
  const peaks = new Map<number, number>();
  const watch = setInterval(() => {
    if (readable && child.pid !== undefined) notePeaks(child.pid, peaks);
  }, MEMORY_INTERVAL_MS);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    const wallMs = performance.now() - startedAt;
    if (code !== 0 && wallMs >= limitMs) return null;
    if (code !== 0)
      throw new Error(`${call.program} failed (${code ?? child.signalCode}): ${complaint.trim()}`);
    return {
      wallMs,
      cpuMs: readable ? cpuMsOfEndedChildren() - cpuBefore : null,
      peakMegabytes: readable ? [...peaks.values()].reduce((sum, peak) => sum + peak, 0) : null,
    };
  } finally {
    clearInterval(watch);
  }
}

/** Notes the peaks of a process and of all below it. */
function notePeaks(pid: number, peaks: Map<number, number>): void {
  try {
    // A process that is ending has no memory left.
    peaks.set(pid, Math.max(peaks.get(pid) ?? 0, peakMegabytesOf(pid)));
    for (const child of childrenOf(pid)) notePeaks(child, peaks);
  } catch (error) {
    // It ended between two looks at it; its last peak stands.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ESRCH') throw error;
  }
}
