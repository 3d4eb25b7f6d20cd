import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in `/proc`; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Whether CPU time and memory of other processes can be read here (Linux). */
export function canReadProcesses(): boolean {
  return existsSync('/proc/self/stat');
}

/** CPU time a process has used, user and system, in milliseconds. */
export function cpuMsOf(pid: number): number {
  const fields = statOf(pid);
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

/** The same of all processes that this one started and that have ended, with those they started and waited for. */
export function cpuMsOfEndedChildren(): number {
  const fields = statOf('self');
  return ((Number(fields[13]) + Number(fields[14])) * 1000) / TICKS_PER_SECOND;
}

function statOf(pid: number | 'self'): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may hold spaces.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Memory a process has in RAM, in megabytes. */
export function residentMegabytesOf(pid: number): number {
  return statusMegabytes(pid, 'VmRSS');
}

/** The most memory a process ever had in RAM, in megabytes; pages that it shares with others count in full. */
export function peakMegabytesOf(pid: number): number {
  return statusMegabytes(pid, 'VmHWM');
}

function statusMegabytes(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'mu').exec(status)?.[1] ?? 0) / 1024;
}

/** Processes that `pid` started and that still run. */
export function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

/** Load of the machine before the benchmark began, as a warning next to its numbers. */
export function systemLoad(): string {
  return execFileSync('cat', ['/proc/loadavg'], { encoding: 'utf8' }).split(' ')[0] ?? '';
}
