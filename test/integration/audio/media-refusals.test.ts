import { chmod, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMediaFile } from '../../../src/core/audio/media/open-media-file.ts';
import { writeWav } from '../../../src/core/audio/wav.ts';
import { fixture, readMedia, SPEECH_WAV } from '../../fixtures/media/audio.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'surtitle-refusals-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

describe('openMediaFile', () => {
  it('says that an empty file is empty', async () => {
    await expect(openMediaFile(await write('empty.mp3', ''))).rejects.toMatchObject({
      code: 'audio_file_invalid',
      message: 'The file is empty.',
    });
  });

  it('calls a text file a text file, whatever its name', async () => {
    const path = await write('talk.mp3', 'Notes of the meeting: everyone was there.\n');
    await expect(openMediaFile(path)).rejects.toMatchObject({
      code: 'audio_file_unsupported',
      message: 'This is a text file, not an audio or video file. Give a recording itself.',
    });
  });

  it('says that a file is not there', async () => {
    await expect(openMediaFile(join(folder, 'nothing.mp3'))).rejects.toMatchObject({
      code: 'input_not_found',
    });
  });

  it('says that a folder is a folder', async () => {
    const path = join(folder, 'recordings');
    await mkdir(path);
    await expect(openMediaFile(path)).rejects.toMatchObject({
      code: 'input_unreadable',
      message: `${path} is a folder. Give the files in it.`,
    });
  });

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'says that a file may not be read (not as root, nor on Windows)',
    async () => {
      const path = await write('private.mp3', 'x');
      await chmod(path, 0);
      await expect(openMediaFile(path)).rejects.toMatchObject({ code: 'input_unreadable' });
    },
  );

  it('says that random bytes are nothing it reads', async () => {
    const bytes = Uint8Array.from({ length: 5000 }, (_, index) => (index * 7919 + (index >> 3)) & 0x7f);
    await expect(openMediaFile(await write('noise', bytes), { ffmpeg: null })).rejects.toMatchObject({
      code: 'audio_file_unsupported',
    });
  });

  it('names ffmpeg where it is needed and not there', async () => {
    const path = await write('voice.amr', '#!AMR\n<rest>');
    await expect(openMediaFile(path, { ffmpeg: null })).rejects.toMatchObject({
      code: 'ffmpeg_missing',
      message: expect.stringContaining('Install ffmpeg'),
    });
  });

  it('refuses a larger file than allowed before reading it', async () => {
    await expect(openMediaFile(SPEECH_WAV, { maxBytes: 1000 })).rejects.toMatchObject({
      code: 'audio_file_too_large',
    });
  });

  it('refuses a longer file than allowed', async () => {
    await expect(openMediaFile(SPEECH_WAV, { maxDurationMs: 1000 })).rejects.toMatchObject({
      code: 'audio_file_too_long',
    });
  });

  it('stops where audio lasts longer than is allowed, though its file does not say how long', async () => {
    const reading = readMedia(fixture('speech.aac'), { maxDurationMs: 4000 });
    await expect(reading).rejects.toMatchObject({ code: 'audio_file_too_long' });
  });

  it('reads on, and warns, where a file becomes shorter while it is read', async () => {
    const format = { encoding: 'pcm_s16le', sampleRate: 16_000, channels: 1 } as const;
    const path = await write('shrinking.wav', writeWav(new Float32Array(16_000 * 120).fill(0.1), format));
    const audio = await openMediaFile(path);
    let samples = 0;
    for await (const piece of audio) {
      if (samples === 0) await truncate(path, 1000);
      samples += piece.length;
    }
    expect(samples).toBeLessThan(16_000 * 120);
    expect(audio.warnings).toContainEqual(expect.stringContaining('became shorter'));
  });
});
