import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { errnoOf } from './errno.ts';

/** Which process writes a file, or files in a folder, so that others can tell whether it still does. */
export interface WriterIdentity {
  readonly pid: number;
  readonly host: string;
  /** Start of the process as Linux counts it; tells it from a later one with the same number. */
  readonly process_start?: string | undefined;
}

/** What this process writes, by absolute path. */
const openHere = new Set<string>();
/** What another machine wrote (in a shared folder) is taken for left behind when nothing was added for so long. */
const OTHER_HOST_SILENCE_MS = 24 * 60 * 60 * 1000;

export function thisWriter(): WriterIdentity {
  const start = processStart(process.pid);
  return { pid: process.pid, host: os.hostname(), ...(start === null ? {} : { process_start: start }) };
}

/** Keeps what this process writes from being taken for left behind. @returns what ends that. */
export function holdFile(file: string): () => void {
  const absolute = path.resolve(file);
  openHere.add(absolute);
  return () => openHere.delete(absolute);
}

/**
 * Whether the process that wrote a file may still be writing it. A process number alone says little: it is
 * given again after a restart, and every container has the same few. On Linux the start of the process tells; elsewhere
 * a file older than the machine's own start is left behind, and in doubt the writer is taken to be alive.
 *
 * @param modifiedAtMs when the file was last written, in milliseconds since 1970.
 */
export function isWriterAlive(
  file: string,
  writer: WriterIdentity,
  modifiedAtMs: number,
  nowMs: number,
): boolean {
  if (openHere.has(path.resolve(file))) return true;
  if (writer.host !== os.hostname()) return nowMs - modifiedAtMs < OTHER_HOST_SILENCE_MS;
  if (writer.pid === process.pid || !isProcessAlive(writer.pid)) return false;
  const start = processStart(writer.pid);
  if (start !== null && writer.process_start !== undefined) return start === writer.process_start;
  return modifiedAtMs >= nowMs - os.uptime() * 1000;
}

/** Whether a process of this number runs on this machine. It may be another one than it was. */
export function isProcessAlive(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs, and belongs to somebody else.
    return errnoOf(error) === 'EPERM';
  }
}

/** Field 22 of `/proc/PID/stat` (proc_pid_stat(5)): clock ticks from boot to the start. `null` where there is no such file. */
function processStart(pid: number): string | null {
  if (process.platform !== 'linux') return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command's name in parentheses, and may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
