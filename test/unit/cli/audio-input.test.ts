import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openAudioStream, openWavFile } from '../../../src/cli/audio/audio-input.ts';
import { atRealTimePace, cutIntoFrames, FRAME_MS } from '../../../src/cli/audio/framing.ts';
import { readWavHeader } from '../../../src/cli/audio/wav-header.ts';
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

describe('a WAV header', () => {
  test('skips chunks that come before the audio, padded to even length', () => {
    const junk = Buffer.from('JUNK\x03\0\0\0abc\0', 'latin1');
    expect(readWavHeader(wav({ before: junk, data: samples }))).toEqual({
      format: MONO,
      dataOffset: 56,
      dataBytes: 400,
    });
  });

  test.each([
    [3, 32, 'pcm_f32le'],
    [6, 8, 'alaw'],
    [7, 8, 'mulaw'],
  ] as const)('with format %i and %i bits is %s', (tag, bits, encoding) => {
    expect(readWavHeader(wav({ tag, bits, data: samples }))?.format.encoding).toBe(encoding);
  });

  test.each([{ bits: 24 }, { channels: 6 }, { rate: 96_000 }, { tag: 85 }])(
    'with %o is refused with the way to convert it',
    (parts) => {
      expect(() => readWavHeader(wav({ ...parts, data: samples }))).toThrowError(
        expect.objectContaining({ code: 'unsupported_audio', message: expect.stringContaining('ffmpeg') }),
      );
    },
  );

  test('that is cut short asks for more and never reads beyond', () => {
    const whole = wav({ data: samples });
    for (let length = 0; length < 44; length++) expect(readWavHeader(whole.subarray(0, length))).toBeNull();
  });

  test('of random bytes is an error with a code, or a need for more', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        const bytes = Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'), noise]);
        try {
          readWavHeader(bytes);
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/audio/u) });
        }
      }),
    );
  });
});

test('a missing file and a file that is no audio are told apart', async () => {
  await expect(openWavFile('no/such/file.wav')).rejects.toMatchObject({ code: 'input_not_found' });
  await expect(openWavFile('package.json')).rejects.toMatchObject({ code: 'not_audio' });
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
