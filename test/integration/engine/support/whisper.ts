import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodePcm } from '../../../../src/core/audio/pcm.ts';
import { readWav } from '../../../../src/core/audio/wav.ts';
import { locateEngineBuild } from '../../../../src/core/engine/build-manifest.ts';
import type { DecodeResult } from '../../../../src/core/engine/engine.ts';

export const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
export const STARTER_MODEL = `${ROOT}resources/models/ggml-starter.en.bin`;
export const SAMPLES = `${ROOT}resources/samples/`;

/** Why tests of the real engine cannot run here, or null. Says so once on the console. */
export const engineMissing: string | null = whyMissing();

function whyMissing(): string | null {
  try {
    locateEngineBuild();
    return null;
  } catch (error) {
    console.warn(`Tests of the real engine are skipped: ${String(error)}`);
    return 'skipped: run `npm run build:engine` first';
  }
}

/** A 16 kHz mono WAV of `resources/samples` as floats. */
export function sample(name: string): Float32Array {
  const { data, encoding } = readWav(readFileSync(`${SAMPLES}${name}`));
  return decodePcm(data, encoding, 1);
}

/** Rows of a tab-separated file of `resources/samples`, without the header. */
export function rowsOf(name: string): string[][] {
  const [, ...rows] = readFileSync(`${SAMPLES}${name}`, 'utf8').trim().split('\n');
  return rows.map((row) => row.split('\t'));
}

/** White noise that is the same every time. */
export function noise(seconds: number, level: number): Float32Array {
  let seed = 1;
  return Float32Array.from({ length: seconds * 16_000 }, () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return (seed / 2 ** 30 - 1) * level;
  });
}

export function textOf(result: DecodeResult): string {
  return result.segments.map((segment) => segment.text).join('');
}

/** Lower-case words without punctuation; hyphens separate. */
export function normalized(text: string): string[] {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9' -]/g, '')
    .split(/[\s-]+/)
    .filter((word) => word !== '');
}

/** Words to change, add or leave out to make one list of the other (Levenshtein). */
export function wordErrors(reference: readonly string[], heard: readonly string[]): number {
  let row = Array.from({ length: heard.length + 1 }, (_, j) => j);
  for (const [i, word] of reference.entries()) {
    const next = [i + 1];
    for (const [j, other] of heard.entries()) {
      const replaced = (row[j] as number) + (word === other ? 0 : 1);
      next.push(Math.min((row[j + 1] as number) + 1, (next[j] as number) + 1, replaced));
    }
    row = next;
  }
  return row.at(-1) as number;
}

/** Runs JavaScript in a process of its own, with `addon`, `model` and `audio` (padded) at hand. */
export function runWithAddon(
  body: string,
  options: { env?: NodeJS.ProcessEnv } = {},
): Promise<{ status: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }> {
  const script = `
    const { readFileSync } = require('node:fs');
    const addon = require(${JSON.stringify(locateEngineBuild().addonPath)});
    const model = ${JSON.stringify(STARTER_MODEL)};
    const wav = readFileSync(${JSON.stringify(`${SAMPLES}clip01-seen.wav`)});
    const audio = new Float32Array((wav.length - 44) / 2 + 19200);
    for (let i = 0; 44 + i * 2 < wav.length; i++) audio[i] = wav.readInt16LE(44 + i * 2) / 32768;
    const parameters = { language: 'en', n_threads: 1, audio_ctx: 320, no_context: true, temperature_inc: 0 };
    const text = (result) => result.segments.flatMap((s) => s.tokens).filter((t) => t.id < 50256)
      .map((t) => Buffer.from(t.bytes).toString()).join('');
    (async () => { ${body} })().catch((error) => { console.log('rejected:', error.message); process.exitCode = 3; });
  `;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['-e', script], { env: { ...process.env, ...options.env } });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('close', (status, signal) => resolve({ status, signal, stdout: stdout.trim(), stderr }));
  });
}
