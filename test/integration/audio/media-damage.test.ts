import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compare, fixture, type ReadAudio, readMedia, SPEECH_WAV } from '../../fixtures/media/audio.ts';

const CUT_SHORT = expect.stringContaining('cut short');
const DAMAGED = expect.stringContaining('damaged');

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'surtitle-damage-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function readBytes(bytes: Uint8Array): Promise<ReadAudio> {
  const path = join(folder, `${Math.random()}`);
  await writeFile(path, bytes);
  return readMedia(path, { ffmpeg: null });
}

const wholes = new Map<string, Promise<ReadAudio>>();

/** What an undamaged file gives, read once for all tests. */
function readWhole(path: string): Promise<ReadAudio> {
  const reading = wholes.get(path) ?? readMedia(path, { ffmpeg: null });
  wholes.set(path, reading);
  return reading;
}

describe('a file that is cut short', () => {
  it.each([
    ...['speech-cbr.mp3', 'speech-bare.mp3', 'speech-index-first.m4a', 'speech-fragmented.mp4', 'speech.aac'],
    ...[
      'short.flac',
      'speech.opus',
      'speech-vorbis.ogg',
      'speech-opus.webm',
      'speech-vorbis.mkv',
      SPEECH_WAV,
    ],
  ])('is read as far as it goes, and says so: %s', async (file) => {
    const path = file === SPEECH_WAV ? file : fixture(file);
    const bytes = await readFile(path);
    const whole = await readWhole(path);
    const { audio, samples } = await readBytes(bytes.subarray(0, bytes.length * 0.7 - 3));
    expect(audio.warnings).toEqual([CUT_SHORT]);
    expect(samples.length / whole.samples.length).toBeGreaterThan(0.4);
    expect(samples.length / whole.samples.length).toBeLessThan(0.75);
    expect(compare(whole.samples, samples, 100).correlation).toBeGreaterThan(0.99);
  });

  it('cannot be read where its index is missing, and says that', async () => {
    const bytes = await readFile(fixture('speech-index-last.m4a'));
    await expect(readBytes(bytes.subarray(0, bytes.length / 2))).rejects.toMatchObject({
      code: 'audio_file_invalid',
      message: expect.stringContaining('index'),
    });
  });
});

describe('a file with a hole of zeros', () => {
  // Where times are exact; MP3 and ADTS know none, so behind a hole they are estimates.
  it.each([
    { file: 'speech-index-last.m4a', withinMs: 70 },
    { file: 'speech-fragmented.mp4', withinMs: 70 },
    { file: 'speech.opus', withinMs: 2 },
    { file: 'speech-vorbis.ogg', withinMs: 2 },
    { file: 'short-flac.oga', withinMs: 1 },
    { file: 'short.flac', withinMs: 1 },
    { file: 'speech-opus.webm', withinMs: 70 },
    { file: 'speech-vorbis.mkv', withinMs: 70 },
    { file: 'speech-cbr.mp3', withinMs: 100 },
    { file: 'speech.aac', withinMs: 100 },
  ])('keeps what stands behind the hole in its place: $file', async ({ file, withinMs }) => {
    const bytes = await readFile(fixture(file));
    const whole = await readWhole(fixture(file));
    const holed = Uint8Array.from(bytes).fill(0, bytes.length * 0.45, bytes.length * 0.5);
    const { audio, samples } = await readBytes(holed);
    expect(audio.warnings).toEqual([DAMAGED]);
    expect(Math.abs(samples.length - whole.samples.length)).toBeLessThanOrEqual(withinMs * 16);
  });

  it('keeps lossless audio behind it to the sample', async () => {
    const bytes = await readFile(fixture('short.flac'));
    const whole = await readWhole(fixture('short.flac'));
    const { samples } = await readBytes(
      Uint8Array.from(bytes).fill(0, bytes.length * 0.45, bytes.length * 0.5),
    );
    expect(samples.subarray(16_000)).toEqual(whole.samples.subarray(16_000));
  });
});

describe('a file in which nothing can be decoded', () => {
  it.each([
    ['an MP3 tag and nothing else', Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\x0a'), Buffer.alloc(10)])],
    [
      'a WAV header and nothing else',
      Buffer.from(
        'RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0data\0\0\0\0',
        'latin1',
      ),
    ],
    [
      'a FLAC stream without frames',
      Buffer.concat([
        Buffer.from('fLaC\x80\0\0\x22'),
        Buffer.alloc(10),
        Buffer.from('0ac442f000000000', 'hex'),
        Buffer.alloc(16),
      ]),
    ],
    ['an Ogg page of zeros', Buffer.concat([Buffer.from('OggS\0\x02'), Buffer.alloc(100)])],
    ['a Matroska header', Buffer.from('1a45dfa3934282847765626d', 'hex')],
    ['an MP4 that begins', Buffer.from('\0\0\0\x10ftypM4A \0\0\0\0', 'latin1')],
  ])('is invalid: %s', async (_name, bytes) => {
    await expect(readBytes(bytes)).rejects.toMatchObject({ code: 'audio_file_invalid' });
  });
});
