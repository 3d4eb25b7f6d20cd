import { describe, expect, test } from 'vitest';
import { canReadProcesses } from '../../bench/process-usage.ts';
import { timeProcess } from '../../bench/timed-process.ts';

const NO_LIMIT_MS = 60_000;
const CPU_MS = 600;
const MEGABYTES = 150;

/** Works for `CPU_MS` of its own CPU time with `MEGABYTES` in its hands. */
const WORK = `
  const memory = Buffer.alloc(${MEGABYTES} * 1024 * 1024, 1);
  const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
  while (used() < ${CPU_MS}) memory[0]++;`;
/** Works while a process of its own works. */
const WORK_TOGETHER = `
  const { spawn } = require('node:child_process');
  spawn(process.execPath, ['-e', ${JSON.stringify(WORK)}], { stdio: 'ignore' });
  ${WORK}`;

function run(script: string, limitMs = NO_LIMIT_MS) {
  return timeProcess({ program: process.execPath, args: ['-e', script] }, limitMs);
}

describe('timing a process', () => {
  test.skipIf(!canReadProcesses())(
    'counts the time and the memory of the processes it starts (skipped: without /proc)',
    async () => {
      const cost = await run(WORK_TOGETHER);
      expect(cost?.cpuMs).toBeGreaterThanOrEqual(2 * CPU_MS - 50);
      expect(cost?.peakMegabytes).toBeGreaterThan(2 * MEGABYTES);
    },
  );

  test('fails with what the process complained of', async () => {
    await expect(run(`console.error('no such model'); process.exit(3)`)).rejects.toThrow(
      /failed \(3\): no such model/u,
    );
  });

  test('fails where the program is not there', async () => {
    await expect(timeProcess({ program: '/no/such/program', args: [] }, NO_LIMIT_MS)).rejects.toThrow(
      /ENOENT/u,
    );
  });

  test('stops a process that takes too long', async () => {
    expect(await run('setInterval(() => {}, 1000)', 100)).toBeNull();
  });
});
