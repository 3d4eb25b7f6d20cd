import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AudioFileError } from '../../../src/core/audio/audio-file-error.ts';
import { decodePcm } from '../../../src/core/audio/pcm.ts';
import { readWav, writeWav } from '../../../src/core/audio/wav.ts';
import { parseWavHeader, WavHeaderParser } from '../../../src/core/audio/wav-header.ts';
import { AUDIO_ENCODINGS, bytesPerPosition } from '../../../src/core/protocol/encodings.ts';

/** Bytes written as hexadecimal, with 'text' in quotes. */
function bytes(...parts: (string | Uint8Array)[]): Uint8Array {
  const buffers = parts.map((part) => {
    if (typeof part !== 'string') return Buffer.from(part);
    if (part.startsWith("'")) return Buffer.from(part.slice(1, -1), 'latin1');
    return Buffer.from(part.replaceAll(' ', ''), 'hex');
  });
  return Uint8Array.from(Buffer.concat(buffers));
}

const RIFF = bytes("'RIFF'", 'ffffffff', "'WAVE'");
/** PCM, 1 channel, 16 kHz, 16 bits. */
const FORMAT_S16 = bytes("'fmt '", '10000000', '0100 0100 803e0000 007d0000 0200 1000');
const DATA_4 = bytes("'data'", '04000000', '0040 00c0');

function formatChunk(tag: number, channels: number, sampleBytes: number): Uint8Array {
  const chunk = bytes("'fmt '", '10000000', new Uint8Array(16));
  const view = new DataView(chunk.buffer);
  view.setUint16(8, tag, true);
  view.setUint16(10, channels, true);
  view.setUint32(12, 16_000, true);
  view.setUint32(16, 16_000 * channels * sampleBytes, true);
  view.setUint16(20, channels * sampleBytes, true);
  view.setUint16(22, sampleBytes * 8, true);
  return chunk;
}

function dataChunk(data: Uint8Array): Uint8Array {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, data.length, true);
  return bytes("'data'", length, data);
}

function floats(file: Uint8Array): number[] {
  const audio = readWav(file);
  return [...decodePcm(audio.data, audio.encoding, 1)];
}

function codeOf(file: Uint8Array): string {
  try {
    readWav(file);
  } catch (error) {
    if (error instanceof AudioFileError) return error.code;
    throw error;
  }
  return 'none';
}

describe('readWav', () => {
  it('reads a plain file, without copying its audio', () => {
    const file = bytes(RIFF, FORMAT_S16, DATA_4);
    const audio = readWav(file);
    expect(audio).toEqual({
      encoding: 'pcm_s16le',
      sampleRate: 16_000,
      channels: 1,
      data: bytes('0040 00c0'),
    });
    expect(audio.data.buffer).toBe(file.buffer);
  });

  it('reads a file that starts at an odd place of its buffer', () => {
    expect(floats(bytes('00', RIFF, FORMAT_S16, DATA_4).subarray(1))).toEqual([0.5, -0.5]);
  });

  it('skips chunks it does not know, odd lengths and their padding included', () => {
    const list = bytes("'LIST'", '05000000', "'INFOx'", '00');
    expect(floats(bytes(RIFF, list, FORMAT_S16, list, DATA_4, list))).toEqual([0.5, -0.5]);
  });

  it('leaves out what follows the audio', () => {
    const trailer = bytes("'LIST'", '04000000', "'INFO'");
    expect(readWav(bytes(RIFF, FORMAT_S16, DATA_4, trailer)).data).toHaveLength(4);
  });

  it('takes everything to the end where a pipe left no size', () => {
    for (const size of ['00000000', 'ffffffff', '00f0ff7f', '00000080']) {
      const file = bytes(RIFF, FORMAT_S16, "'data'", size, '0040 00c0 0020');
      expect(floats(file)).toEqual([0.5, -0.5, 0.25]);
    }
  });

  it('reads audio that is cut short as far as it goes, in whole frames', () => {
    expect(floats(bytes(RIFF, FORMAT_S16, "'data'", '00010000', '0040 00c0 20'))).toEqual([0.5, -0.5]);
  });

  it('reads an empty file that is otherwise in order', () => {
    expect(floats(bytes(RIFF, FORMAT_S16, "'data'", '00000000'))).toEqual([]);
  });

  it('reads 8, 24 and 32-bit integers and 64-bit floats as floats', () => {
    const cases: [number, number, string][] = [
      [1, 1, 'c0 40 80'],
      [1, 3, '000040 0000c0 000000'],
      [1, 4, '00000040 000000c0 00000000'],
      [3, 8, '000000000000e03f 000000000000e0bf 0000000000000000'],
    ];
    for (const [tag, sampleBytes, data] of cases) {
      const file = bytes(RIFF, formatChunk(tag, 1, sampleBytes), dataChunk(bytes(data)));
      expect(readWav(file).encoding).toBe('pcm_f32le');
      expect(floats(file)).toEqual([0.5, -0.5, 0]);
    }
  });

  it('reads the smallest steps of 24-bit audio', () => {
    const file = bytes(RIFF, formatChunk(1, 1, 3), dataChunk(bytes('010000 ffffff ffff7f 000080')));
    expect(floats(file)).toEqual([2 ** -23, -(2 ** -23), 1 - 2 ** -23, -1]);
  });

  it('reads what WAVE_FORMAT_EXTENSIBLE describes', () => {
    const extensible = (tag: string, guid = '0000 0000 1000 8000 00aa 0038 9b71') =>
      bytes("'fmt '", '28000000', 'feff 0100 803e0000 00fa0000 0400 2000 1600 2000 04000000', tag, guid);
    const half = dataChunk(bytes('0000003f'));
    expect(floats(bytes(RIFF, extensible('0300'), half))).toEqual([0.5]);
    expect(codeOf(bytes(RIFF, extensible('0300', '0000 0000 1000 8000 00aa 0038 9b72'), half))).toBe(
      'audio_file_unsupported',
    );
  });

  it('reads RF64, whose sizes stand in a chunk of their own', () => {
    const sizes = bytes("'ds64'", '1c000000', new Uint8Array(8), '0400000000000000', new Uint8Array(12));
    const file = bytes(
      "'RF64'",
      'ffffffff',
      "'WAVE'",
      sizes,
      FORMAT_S16,
      "'data'",
      'ffffffff',
      '0040 00c0 0020',
    );
    expect(floats(file)).toEqual([0.5, -0.5]);
  });

  it('says of other files that they are none', () => {
    const invalid = [
      new Uint8Array(0),
      bytes("'ID3'", new Uint8Array(40)),
      bytes("'RIFF'", 'ffffffff', "'AVI '", FORMAT_S16, DATA_4),
      RIFF,
      bytes(RIFF, FORMAT_S16),
      bytes(RIFF, DATA_4, FORMAT_S16),
      bytes(RIFF, "'fmt '", '08000000', new Uint8Array(8), DATA_4),
      bytes(RIFF, "'fmt '", 'ffffff7f', new Uint8Array(64)),
      bytes(RIFF, formatChunk(1, 0, 2), DATA_4),
    ];
    expect(invalid.map(codeOf)).toEqual(invalid.map(() => 'audio_file_invalid'));
  });

  it('says of kinds it cannot read how to convert them', () => {
    const unsupported = [
      bytes("'RIFX'", 'ffffffff', "'WAVE'", FORMAT_S16, DATA_4),
      bytes(RIFF, formatChunk(2, 1, 1), DATA_4),
      bytes(RIFF, formatChunk(0x55, 2, 1), DATA_4),
      bytes(RIFF, formatChunk(1, 6, 2), DATA_4),
      bytes(RIFF, formatChunk(3, 1, 2), DATA_4),
    ];
    expect(unsupported.map(codeOf)).toEqual(unsupported.map(() => 'audio_file_unsupported'));
    expect(() => readWav(bytes(RIFF, formatChunk(1, 6, 2), DATA_4))).toThrow(/6 channels.*ffmpeg/);
  });

  it('reads back what writeWav wrote', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...AUDIO_ENCODINGS),
        fc.constantFrom(1 as const, 2 as const),
        fc.integer({ min: 1, max: 192_000 }),
        fc.uint8Array({ maxLength: 99 }),
        (encoding, channels, sampleRate, content) => {
          const format = { encoding, channels, sampleRate };
          const data = content.subarray(0, content.length - (content.length % bytesPerPosition(format)));
          expect(readWav(writeWav(data, format))).toEqual({ ...format, data });
        },
      ),
    );
  });

  it('fails only with an AudioFileError, whatever the bytes', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom(RIFF, FORMAT_S16, DATA_4, bytes("'LIST'", '05000000'), bytes("'ds64'", '1c000000')),
      fc.tuple(fc.nat(0xffff), fc.nat(3), fc.nat(9)).map((format) => formatChunk(...format)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.boolean(), (pieces, startsWell) => {
        codeOf(startsWell ? bytes(RIFF, ...pieces) : bytes(...pieces));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('writeWav', () => {
  it('writes the canonical 44-byte header for integer PCM', () => {
    const format = { encoding: 'pcm_s16le', sampleRate: 16_000, channels: 1 } as const;
    expect(writeWav(Float32Array.of(0.5, -0.5), format)).toEqual(
      bytes("'RIFF'", '28000000', "'WAVE'", FORMAT_S16, DATA_4),
    );
  });

  it('counts the frames of other encodings and pads an odd length', () => {
    const format = { encoding: 'mulaw', sampleRate: 8000, channels: 1 } as const;
    const fmt = bytes("'fmt '", '12000000', '0700 0100 401f0000 401f0000 0100 0800 0000');
    const fact = bytes("'fact'", '04000000', '03000000');
    expect(writeWav(bytes('ff7f80'), format)).toEqual(
      bytes("'RIFF'", '36000000', "'WAVE'", fmt, fact, "'data'", '03000000', 'ff7f80', '00'),
    );
  });
});

describe('WavHeaderParser', () => {
  const file = bytes(RIFF, bytes("'LIST'", '05000000', "'INFOx'", '00'), FORMAT_S16, DATA_4, '1234');

  it('finds the same header and audio however the file is cut', () => {
    const { header } = parseWavHeader(file);
    fc.assert(
      fc.property(fc.array(fc.nat(file.length), { maxLength: 10 }), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), file.length];
        const parser = new WavHeaderParser();
        const audio: Uint8Array[] = [];
        let found: unknown = null;
        edges.slice(1).forEach((end, index) => {
          const piece = file.subarray(edges[index], end);
          if (found !== null) {
            audio.push(piece);
            return;
          }
          const start = parser.push(piece);
          if (start === null) return;
          found = start.header;
          audio.push(start.audio);
        });
        expect(found).toEqual(header);
        expect(Buffer.concat(audio)).toEqual(Buffer.from(bytes('0040 00c0 1234')));
      }),
    );
  });

  it('skips a chunk of gigabytes without keeping it', () => {
    const parser = new WavHeaderParser();
    parser.push(bytes(RIFF, "'JUNK'", '00000060'));
    const piece = new Uint8Array(64 * 1024 * 1024);
    for (let sent = 0; sent < 0x6000_0000; sent += piece.length) expect(parser.push(piece)).toBeNull();
    expect(parser.push(bytes(FORMAT_S16, DATA_4))?.audio).toEqual(bytes('0040 00c0'));
  });

  it('refuses what is no WAV file as soon as it can tell', () => {
    expect(() => new WavHeaderParser().push(new Uint8Array(12))).toThrow(AudioFileError);
  });

  it('says what is missing when the stream ends early', () => {
    const parser = new WavHeaderParser();
    expect(() => parser.end()).toThrow(/empty/);
    expect(parser.push(RIFF)).toBeNull();
    expect(() => parser.end()).toThrow(/before its audio begins/);
  });
});
