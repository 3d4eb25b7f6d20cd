import { existsSync, readFileSync, watch } from 'node:fs';
import path from 'node:path';
import { readWav, writeWav } from '../../../src/core/audio/wav.ts';

const DEADLINE_MS = 50_000;

/** A WAV file made of others, with silences of different lengths between them. */
export function joinRecordings(files: readonly string[]): Uint8Array {
  const parts = files.flatMap((file, index) => {
    const { data, encoding, sampleRate } = readWav(readFileSync(file));
    if (encoding !== 'pcm_s16le' || sampleRate !== 16_000) throw new TypeError(`${file} is of another kind.`);
    return [data, new Uint8Array(2 * 16 * (300 + ((index * 470) % 2_400)))];
  });
  return writeWav(Buffer.concat(parts), { encoding: 'pcm_s16le', sampleRate: 16_000, channels: 1 });
}

/** A transcript's JSON without the time it was made. */
export function transcriptIn(file: string): object {
  const { created_at: _made, ...transcript } = JSON.parse(readFileSync(file, 'utf8'));
  return transcript;
}

/** Chunks that a progress file holds; 0 where it is not there. */
export function chunksIn(file: string): number {
  if (!existsSync(file)) return 0;
  return readFileSync(file, 'utf8').match(/"endsInSpeech":/gu)?.length ?? 0;
}

/** Waits until something holds that changes with a folder's files. */
export async function untilFiles(
  folder: string,
  holds: () => boolean,
  deadlineMs = DEADLINE_MS,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`It never came to be in ${path.basename(folder)}: ${holds}`);
    await new Promise<void>((resolve) => {
      const watcher = watch(folder, done);
      // What happened between the look and the watch is seen at the next look.
      const timer = setTimeout(done, 250);
      function done(): void {
        clearTimeout(timer);
        watcher.close();
        resolve();
      }
    });
  }
}
