import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { SpokenWord } from './word-latency.ts';

/** A recording whose words are known. */
export interface Sample {
  /** Absolute path. */
  readonly file: string;
  readonly name: string;
  readonly transcript: string;
  readonly voice: string;
  readonly durationMs: number;
  /** True times of the words; empty where nobody measured them. */
  readonly words: readonly SpokenWord[];
}

/**
 * Reads a folder of samples: `manifest.tsv` (file, transcript, voice, seconds) and `words.tsv` (file,
 * start, end, word; seconds).
 */
export function readSamples(folder: string): Sample[] {
  const words = new Map<string, SpokenWord[]>();
  for (const [file = '', , end, text = ''] of rows(path.join(folder, 'words.tsv'))) {
    const list = words.get(file) ?? [];
    list.push({ text, endMs: Math.round(Number(end) * 1000) });
    words.set(file, list);
  }
  return rows(path.join(folder, 'manifest.tsv')).map(([name = '', transcript = '', voice = '', seconds]) => ({
    file: path.join(folder, name),
    name,
    transcript,
    voice,
    durationMs: Math.round(Number(seconds) * 1000),
    words: words.get(name) ?? [],
  }));
}

/** Rows of a tab-separated file without its heading. */
function rows(file: string): string[][] {
  const lines = readFileSync(file, 'utf8').split(/\r?\n/u).slice(1);
  return lines.filter((line) => line !== '').map((line) => line.split('\t'));
}
