import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openAudioStream, openWavFile } from '../../../src/cli/audio/audio-input.ts';
import { atRealTimePace, cutIntoFrames, FRAME_MS } from '../../../src/cli/audio/framing.ts';
import { VirtualClock } from '../../../src/core/foundation/virtual-clock.ts';
import type { AudioFormat } from '../../../src/core/protocol/encodings.ts';

const MONO: AudioFormat = { encoding: 'pcm_s16le', sampleRate: 16_000, channels: 1 };

interface WavParts {
  readonly tag?: number;
  readonly bits?: number;
  readonly channels?: number;
  readonly rate?: number;
  readonly before?: Buffer;
  readonly data?: Buffer;
  readonly declaredBytes?: number;
  readonly after?: Buffer;
}

/** A WAV file, byte by byte. */
function wav(parts: WavParts = {}): Buffer {
  const { tag = 1, bits = 16, channels = 1, rate = 16_000, data = Buffer.alloc(0) } = parts;
  const format = Buffer.alloc(24);
  format.write('fmt ', 0, 'latin1');
  format.writeUInt32LE(16, 4);
  format.writeUInt16LE(tag, 8);
  format.writeUInt16LE(channels, 10);
  format.writeUInt32LE(rate, 12);
  format.writeUInt16LE((channels * bits) / 8, 20);
  format.writeUInt16LE(bits, 22);
  const dataHeader = Buffer.alloc(8);
  dataHeader.write('data', 0, 'latin1');
  dataHeader.writeUInt32LE(parts.declaredBytes ?? data.length, 4);
  return Buffer.concat([
    Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'),
    parts.before ?? Buffer.alloc(0),
    format,
    dataHeader,
    data,
    parts.after ?? Buffer.alloc(0),
  ]);
}

async function* pieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const cut of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
    if (cut > from && cut <= bytes.length) {
      yield bytes.subarray(from, cut);
      from = cut;
    }
  }
}

async function all(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const list: Uint8Array[] = [];
  for await (const chunk of chunks) list.push(chunk);
  return Buffer.concat(list);
}

const samples = Buffer.from(Array.from({ length: 400 }, (_, index) => index % 251));

describe('audio on a pipe', () => {
  test('is a WAV stream where it begins like one, however it is cut', async () => {
    const file = wav({
      channels: 2,
      rate: 44_100,
      data: samples,
      after: Buffer.from('LIST\x04\0\0\0abcd', 'latin1'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(file.length), { maxLength: 8 }), async (cuts) => {
        const input = await openAudioStream(Readable.from(pieces(file, cuts)), MONO);
        expect(input.format).toEqual({ encoding: 'pcm_s16le', sampleRate: 44_100, channels: 2 });
        expect((await all(input.chunks)).equals(samples)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('is raw audio of the given format otherwise, with nothing lost', async () => {
    const input = await openAudioStream(Readable.from(pieces(samples, [1, 5, 100])), MONO);
    expect(input.format).toEqual(MONO);
    expect((await all(input.chunks)).equals(samples)).toBe(true);
  });

  test('may be nothing at all', async () => {
    const input = await openAudioStream(Readable.from([]), MONO);
    expect(await all(input.chunks)).toHaveLength(0);
  });

  test('goes on to its end where the recorder could not know the length', async () => {
    const file = wav({ data: samples, declaredBytes: 0xffff_ffff });
    const input = await openAudioStream(Readable.from([file]), MONO);
    expect((await all(input.chunks)).equals(samples)).toBe(true);
  });
});

describe('a WAV stream', () => {
  test('of samples that no session takes is converted, however it is cut', async () => {
    const values = [0, 1 / 4, -1 / 2, 127 / 128];
    const data = Buffer.alloc(values.length * 3);
    for (const [index, value] of values.entries()) data.writeIntLE(value * 2 ** 23, index * 3, 3);
    const file = wav({ bits: 24, data });
    for (let cut = 44; cut < file.length; cut++) {
      const input = await openAudioStream(Readable.from(pieces(file, [cut])), MONO);
      expect(input.format).toEqual({ ...MONO, encoding: 'pcm_f32le' });
      const bytes = await all(input.chunks);
      expect(values.map((_, index) => bytes.readFloatLE(index * 4))).toEqual(values);
    }
  });

  test.each([{ channels: 6 }, { rate: 96_000 }, { tag: 85 }])(
    'with %o is refused with the way to convert it',
    async (parts) => {
      const file = wav({ ...parts, data: samples });
      await expect(openAudioStream(Readable.from([file]), MONO)).rejects.toMatchObject({
        code: 'audio_file_unsupported',
        message: expect.stringContaining('ffmpeg'),
      });
    },
  );
});

test('a missing file and a file that is no audio are told apart', async () => {
  await expect(openWavFile('no/such/file.wav')).rejects.toMatchObject({ code: 'input_not_found' });
  await expect(openWavFile('package.json')).rejects.toMatchObject({ code: 'audio_file_invalid' });
  await expect(openWavFile('src')).rejects.toMatchObject({ code: 'input_unreadable' });
});

describe('frames', () => {
  test('hold the same bytes however the audio was cut, and say where they end', async () => {
    const audio = Buffer.from(Array.from({ length: 3000 }, (_, index) => index % 256));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(audio.length), { maxLength: 20 }), async (cuts) => {
        const frames = [];
        for await (const frame of cutIntoFrames(pieces(audio, cuts), MONO)) frames.push(frame);
        expect(Buffer.concat(frames.map((frame) => frame.bytes)).equals(audio)).toBe(true);
        expect(frames.map((frame) => frame.endMs)).toEqual([40, 80, 93.75]);
      }),
    );
  });

  test('leave out half a sample at the end', async () => {
    const frames = [];
    for await (const frame of cutIntoFrames(pieces(Buffer.alloc(5), []), MONO)) frames.push(frame);
    expect(frames.map((frame) => frame.bytes.length)).toEqual([4]);
  });

  test('go out when a microphone would have captured them, and a late one delays no other', async () => {
    const clock = new VirtualClock();
    await clock.advance(1000);
    const frames = atRealTimePace(
      cutIntoFrames(pieces(Buffer.alloc(1280 * 5), []), MONO),
      clock,
      clock.now(),
    );
    const sentAt: number[] = [];
    const consumer = (async () => {
      for await (const frame of frames) {
        sentAt.push(clock.now() - 1000);
        if (frame.endMs === 2 * FRAME_MS) await new Promise<void>((resolve) => clock.setTimer(60, resolve));
      }
    })();
    await clock.advance(1000);
    await consumer;
    expect(sentAt).toEqual([40, 80, 140, 160, 200]);
  });
});
