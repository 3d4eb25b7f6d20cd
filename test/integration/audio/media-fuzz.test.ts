import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AudioFileError } from '../../../src/core/audio/audio-file-error.ts';
import { FileBytes } from '../../../src/core/audio/media/file-bytes.ts';
import { openReader } from '../../../src/core/audio/media/open-reader.ts';
import { fixture, readMedia } from '../../fixtures/media/audio.ts';

const FIXTURES = [
  ...[
    'speech-cbr.mp3',
    'speech-bare.mp3',
    'speech-index-last.m4a',
    'speech-index-first.m4a',
    'short-alac.m4a',
  ],
  ...['speech-fragmented.mp4', 'speech.aac', 'speech.opus', 'speech-opus.webm', 'speech-vorbis.ogg'],
  ...['speech-vorbis.mkv', 'short.flac', 'short-flac.oga', 'video.mp4', 'video.webm'],
];
/** Reading a fixture takes a tenth of a second; this is for a loaded machine. */
const DEADLINE_MS = 20_000;
const LONGEST_SECONDS = 60;

let folder: string;
let count = 0;
const originals = new Map<string, Uint8Array>();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'surtitle-fuzz-'));
  for (const name of FIXTURES) originals.set(name, readFileSync(fixture(name)));
});

afterAll(() => rmSync(folder, { recursive: true }));

function write(bytes: Uint8Array): string {
  const path = join(folder, `${count++}`);
  writeFileSync(path, bytes);
  return path;
}

/** A place in a file as a share of it, and what happens there. */
const damage = fc.record({
  kind: fc.constantFrom('flip', 'zero', 'remove', 'insert', 'cut'),
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 600 }),
});

const damagedFile = fc
  .record({ name: fc.constantFrom(...FIXTURES), damages: fc.array(damage, { minLength: 1, maxLength: 4 }) })
  .map(({ name, damages }) => {
    let bytes = Buffer.from(originals.get(name) ?? []);
    for (const { kind, at, bytes: noise } of damages) {
      // Headers are where claims are made: half of all damage happens there.
      const position = Math.floor((at < 0.5 ? at * 0.1 : at) * bytes.length);
      const behind = bytes.subarray(position + noise.length);
      if (kind === 'flip') bytes.set(noise.subarray(0, 4).subarray(0, bytes.length - position), position);
      else if (kind === 'zero') bytes.fill(0, position, Math.min(bytes.length, position + noise.length));
      else if (kind === 'remove') bytes = Buffer.concat([bytes.subarray(0, position), behind]);
      else if (kind === 'insert')
        bytes = Buffer.concat([bytes.subarray(0, position), noise, bytes.subarray(position)]);
      else bytes = bytes.subarray(0, position);
    }
    return bytes;
  });

describe('a damaged file', () => {
  it('is read with its damage, or refused, and ends either way', async () => {
    await fc.assert(
      fc.asyncProperty(damagedFile, async (bytes) => {
        const signal = AbortSignal.timeout(DEADLINE_MS);
        const outcome = await readMedia(write(bytes), { ffmpeg: null, signal }).catch(
          (error: unknown) => error,
        );
        if (outcome instanceof Error) {
          expect(outcome).toBeInstanceOf(AudioFileError);
          // A crash of the decoder is reported well, but should not happen.
          expect((outcome as AudioFileError).code).not.toBe('audio_decoder_failed');
        } else {
          const { samples } = outcome as Awaited<ReturnType<typeof readMedia>>;
          expect(samples.length).toBeLessThan(LONGEST_SECONDS * 16_000);
          expect(samples.every((sample) => sample >= -1 && sample <= 1)).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('random bytes behind the beginning of a media file', () => {
  it('are opened or refused, whatever they claim', () => {
    const beginning = fc.record({
      name: fc.constantFrom(...FIXTURES),
      length: fc.integer({ min: 2, max: 200 }),
      noise: fc.uint8Array({ maxLength: 3000 }),
    });
    fc.assert(
      fc.property(beginning, ({ name, length, noise }) => {
        const head = (originals.get(name) ?? new Uint8Array()).subarray(0, length);
        const file = new FileBytes(write(Buffer.concat([head, noise])));
        try {
          openReader(file, () => {});
        } catch (error) {
          expect(error).toBeInstanceOf(AudioFileError);
        } finally {
          file.close();
        }
      }),
      { numRuns: 500 },
    );
  });
});
