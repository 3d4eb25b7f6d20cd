import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import { openHistory } from '../../../src/core/transcript/history.ts';

/** test/e2e/history-kill.test.ts kills whole streams, a hundred times. */
const KILLS = 40;
const AT_ONCE = 4;
/** Sessions of a few finals take some milliseconds each: a kill falls anywhere in one of the first. */
const LATEST_KILL_MS = 30;
const entry = fileURLToPath(new URL('./support/journaling-process.mjs', import.meta.url));

let folder: string;

beforeAll(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'surtitle-kill-')), 'history');
});

afterAll(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

/** Kills a process that journals, some time after it has shown its first final. @returns what it had shown. */
async function shownUntilKilled(name: string): Promise<string[]> {
  const child = spawn(process.execPath, [entry, folder, name], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  await Promise.race([once(child.stdout, 'data'), closed]);
  await delay(Math.random() * LATEST_KILL_MS);
  child.kill('SIGKILL');
  await closed;
  if (shown === '') throw new Error('The process ended before it had shown anything.');
  return shown.slice(0, shown.lastIndexOf('\n')).split('\n');
}

it(`a process killed at ${KILLS} random moments has kept every final that it had shown`, async () => {
  const shown: string[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < KILLS) shown.push(...(await shownUntilKilled(`run${next++}`)));
    }),
  );

  const history = openHistory({ folder, now: () => new Date(), logger: silentLogger });
  const kept: string[] = [];
  const states = { live: 0, newer: 0, ended: 0, interrupted: 0 };
  for (const { id, state } of await history.list()) {
    const { transcript, damagedLines } = await history.read(id);
    expect(damagedLines).toBe(0);
    kept.push(...transcript.segments.map(({ text }) => text));
    states[state]++;
  }
  expect(shown.length).toBeGreaterThan(KILLS);
  expect(kept).toEqual(expect.arrayContaining(shown));
  expect(new Set(kept).size).toBe(kept.length);
  // What is there beyond was kept a moment before it would have been shown.
  expect(kept.length - shown.length).toBeLessThanOrEqual(KILLS);
  expect(states).toMatchObject({ live: 0, newer: 0 });
  expect(states.interrupted).toBeGreaterThan(0);
});
