import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodePcm } from '../../src/core/audio/pcm.ts';
import { type SpelledEntry, spellAudio, spellSentence } from '../../src/core/engine/spelled-audio.ts';
import { silentLogger } from '../../src/core/foundation/logger.ts';
import type { SurtitleServer } from '../../src/core/server/server.ts';
import { openHistory } from '../../src/core/transcript/history.ts';
import { ensureBuilt, SurtitleProcess } from '../integration/cli/surtitle-process.ts';
import { FULL_TOKEN, startTestServer } from '../integration/server/harness.ts';

const KILLS = 100;
const AT_ONCE = 4;
const SENTENCES = 60;
const SENTENCE_MS = 1_600;
/** A whole stream takes about so long; a kill falls anywhere in it. */
const LATEST_KILL_MS = 500;

let home: string;
let server: SurtitleServer;
let audio: Uint8Array;

beforeAll(async () => {
  ensureBuilt();
  home = mkdtempSync(join(tmpdir(), 'surtitle-kill-'));
  server = await startTestServer({ maxSessions: AT_ONCE });
  const sentences: SpelledEntry[] = Array.from({ length: SENTENCES }, (_, index) =>
    spellSentence([3 * index, 3 * index + 1, 3 * index + 2], { startMs: 300 + index * SENTENCE_MS }),
  ).flat();
  audio = encodePcm(spellAudio(sentences, { durationMs: SENTENCES * SENTENCE_MS + 1_000 }), 'pcm_s16le');
});

afterAll(async () => {
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

/** Streams until it is killed, some time after its first final was shown. @returns the finals shown. */
async function shownUntilKilled(dataFolder: string): Promise<string[]> {
  const url = `${server.url.replace('http', 'ws')}/ws`;
  const process = new SurtitleProcess(['stream', '-', '--fast', '--json', '--url', url], {
    SURTITLE_HOME: dataFolder,
    SURTITLE_TOKEN: FULL_TOKEN,
  });
  process.stdin.end(audio);
  await process.line(/"type":"final"/u);
  await delay(Math.random() * LATEST_KILL_MS);
  process.signal('SIGKILL');
  const { stdout } = await process.end();
  return stdout
    .slice(0, stdout.lastIndexOf('\n'))
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; text: string })
    .filter(({ type }) => type === 'final')
    .map(({ text }) => text);
}

it(`a stream killed at ${KILLS} random moments has kept every final that it had shown`, async () => {
  const shownCounts: number[] = [];
  const states: string[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < KILLS) {
        const dataFolder = join(home, String(next++));
        const shown = await shownUntilKilled(dataFolder);
        const history = openHistory({
          folder: join(dataFolder, 'history'),
          now: () => new Date(),
          logger: silentLogger,
        });
        const { entry, transcript, damagedLines } = await history.read('last');
        const kept = transcript.segments.map(({ text }) => text);
        expect(kept.slice(0, shown.length)).toEqual(shown);
        // At most the one that was about to be shown.
        expect(kept.length).toBeLessThanOrEqual(shown.length + 1);
        expect(damagedLines).toBe(0);
        shownCounts.push(shown.length);
        states.push(entry.state);
      }
    }),
  );
  expect(states).toHaveLength(KILLS);
  // The moments were spread over the stream: some kills came early, some late, some after the end.
  expect(new Set(shownCounts).size).toBeGreaterThan(10);
  expect(states).toContain('interrupted');
});
