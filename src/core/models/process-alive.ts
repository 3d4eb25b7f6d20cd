import { errnoOf } from './model-error.ts';

/** Whether a process of this number runs on this machine. It may be another one than it was. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, and belongs to somebody else.
    return errnoOf(error) !== 'ESRCH';
  }
}
