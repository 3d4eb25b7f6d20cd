import { spawn, spawnSync } from 'node:child_process';

/**
 * Runs a program to its end without a shell.
 * @param {string} program
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, shell?: boolean}} [options]
 * @returns {Promise<{status: number|null, output: string}>}
 */
export function run(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (error) => resolve({ status: null, output: `${output}${error.message}` }));
    child.on('close', (status) => resolve({ status, output }));
  });
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string|null} what it printed, or null where it could not run or failed
 */
export function capture(program, args, env) {
  const result = spawnSync(program, args, { encoding: 'utf8', windowsHide: true, ...(env ? { env } : {}) });
  return result.status === 0 ? `${result.stdout}${result.stderr}` : null;
}

/**
 * Runs the jobs with at most `limit` at a time and stops starting new ones after the first failure.
 * @template T
 * @param {(() => Promise<T>)[]} jobs
 * @param {number} limit
 * @returns {Promise<T[]>}
 */
export async function inParallel(jobs, limit) {
  /** @type {T[]} */
  const results = new Array(jobs.length);
  let next = 0;
  let failed = false;
  async function worker() {
    while (next < jobs.length && !failed) {
      const index = next++;
      const job = /** @type {() => Promise<T>} */ (jobs[index]);
      try {
        results[index] = await job();
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(limit, jobs.length)) }, worker));
  return results;
}
