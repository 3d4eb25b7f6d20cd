import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWav, writeWav } from '../../src/core/audio/wav.ts';
import { engineIsBuilt, repository } from '../integration/cli/surtitle-process.ts';
import { chunksIn, transcriptIn, untilFiles } from '../integration/cli/transcribe-fixtures.ts';
import { Random } from '../integration/simulation/random.ts';

/** An hour takes two to three minutes on two cores. */
const MINUTES = Number(process.env.SURTITLE_TRANSCRIBE_MINUTES ?? 60);
const SEED = Number(process.env.SURTITLE_SIM_SEED ?? 1);
const KILLS = 3;
const TALK = path.join(repository, '..', 'shared', 'starter-model', 'samples', 'long.wav');
const RATE = 16_000;

const missing = [
  ...(engineIsBuilt() ? [] : ['the engine is not built, see npm run build:engine']),
  ...(existsSync(TALK) ? [] : ['../shared/starter-model is not there']),
];
const skipped = missing.length === 0 ? '' : ` (skipped: ${missing.join('; ')})`;
if (skipped !== '') console.warn(`The kills of a long transcription are skipped${skipped}.`);

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'surtitle-long-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The talk over and over, with silences of all lengths between, so that it is cut elsewhere every time. */
function longRecording(random: Random): Uint8Array {
  const { data } = readWav(readFileSync(TALK));
  const parts: Uint8Array[] = [];
  for (let bytes = 0; bytes < MINUTES * 60 * RATE * 2; ) {
    const gap = new Uint8Array(2 * random.whole(RATE / 5, 3 * RATE));
    parts.push(data, gap);
    bytes += data.length + gap.length;
  }
  return writeWav(Buffer.concat(parts), { encoding: 'pcm_s16le', sampleRate: RATE, channels: 1 });
}

function start(recording: string, ...more: string[]): ChildProcess {
  const args = ['transcribe', recording, '--format', 'json,srt', '--words', ...more];
  return spawn(process.execPath, [path.join(repository, 'bin', 'surtitle.js'), ...args], {
    env: { PATH: process.env.PATH ?? '', HOME: folder, SURTITLE_HOME: folder },
    stdio: 'ignore',
  });
}

async function endOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

describe.skipIf(skipped !== '')(`${MINUTES} minutes of talk${skipped}`, () => {
  it(
    `come to the same transcript, killed ${KILLS} times at random moments or not at all`,
    async () => {
      const random = new Random(SEED);
      const recording = path.join(folder, 'talk.wav');
      writeFileSync(recording, longRecording(random));
      const whole = path.join(folder, 'whole');
      const startedAtMs = performance.now();
      expect(await endOf(start(recording, '--output-dir', whole))).toBe(0);
      const wallMs = performance.now() - startedAtMs;

      const progressFile = path.join(folder, 'talk.surtitle-progress');
      // A chunk has 20 s or so.
      const chunks = (MINUTES * 60) / 20;
      const moments = Array.from({ length: KILLS }, () => random.whole(1, Math.floor(0.7 * chunks)));
      for (const [kill, moment] of moments.sort((one, other) => one - other).entries()) {
        const child = start(recording, '--jobs', String(1 + (kill % 2)));
        await untilFiles(folder, () => chunksIn(progressFile) >= moment, MINUTES * 60_000);
        child.kill('SIGKILL');
        expect(await endOf(child)).toBeNull();
      }
      console.info(
        `Seed ${SEED}: killed after ${moments.join(', ')} of about ${chunks} chunks; once through took ${(wallMs / 1000).toFixed(0)} s.`,
      );
      expect(await endOf(start(recording))).toBe(0);

      expect(transcriptIn(path.join(folder, 'talk.json'))).toEqual(
        transcriptIn(path.join(whole, 'talk.json')),
      );
      expect(readFileSync(path.join(folder, 'talk.srt'))).toEqual(readFileSync(path.join(whole, 'talk.srt')));
      expect(existsSync(progressFile)).toBe(false);
    },
    MINUTES * 60_000,
  );
});
