import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressAlaw, compressMulaw, expandAlaw, expandMulaw } from '../../../src/core/audio/g711.ts';
import { bytesPerFrame, decodePcm, encodePcm } from '../../../src/core/audio/pcm.ts';
import { AUDIO_ENCODINGS } from '../../../src/core/protocol/encodings.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

describe('decodePcm', () => {
  it('reads 16-bit little-endian samples', () => {
    expect([...decodePcm(hex('0000 ff7f 0080 0100 ffff 0040'), 'pcm_s16le', 1)]).toEqual([
      0,
      32767 / 32768,
      -1,
      1 / 32768,
      -1 / 32768,
      0.5,
    ]);
  });

  it('reads 32-bit floats, clamps them and replaces what is no number by silence', () => {
    // 0.5, -1, 2, NaN, +Infinity, -Infinity, -3
    const bytes = hex('0000003f 000080bf 00000040 0000c07f 0000807f 000080ff 000040c0');
    expect([...decodePcm(bytes, 'pcm_f32le', 1)]).toEqual([0.5, -1, 1, 0, 0, 0, -1]);
  });

  it('expands mu-law bytes to the values of G.711 table 2', () => {
    // Known values of the standard's table, on the 16-bit scale.
    const decoded = decodePcm(hex('00 01 0f 10 7e 7f 80 8f ff'), 'mulaw', 1);
    expect([...decoded].map((sample) => sample * 32768)).toEqual([
      -32124, -31100, -16764, -15996, -8, 0, 32124, 16764, 0,
    ]);
  });

  it('expands A-law bytes to the values of G.711 table 1', () => {
    const decoded = decodePcm(hex('00 80 aa 2a d5 55 95'), 'alaw', 1);
    expect([...decoded].map((sample) => sample * 32768)).toEqual([-5504, 5504, 32256, -32256, 8, -8, 2112]);
  });

  it('mixes stereo down to the mean of both channels', () => {
    expect([...decodePcm(hex('0040 0000 0040 00c0'), 'pcm_s16le', 2)]).toEqual([0.25, 0]);
  });

  it('accepts bytes at any offset of their buffer', () => {
    for (const offset of [0, 1, 2, 3]) {
      const holder = new Uint8Array(offset + 8);
      holder.set(hex('0000003f 000080be'), offset);
      expect([...decodePcm(holder.subarray(offset), 'pcm_f32le', 1)]).toEqual([0.5, -0.25]);
      expect([...decodePcm(holder.subarray(offset, offset + 2), 'pcm_s16le', 1)]).toEqual([0]);
    }
  });

  it('refuses part of a frame', () => {
    expect(() => decodePcm(new Uint8Array(3), 'pcm_s16le', 1)).toThrow(RangeError);
    expect(() => decodePcm(new Uint8Array(6), 'pcm_s16le', 2)).toThrow(RangeError);
    expect(() => decodePcm(new Uint8Array(3), 'mulaw', 2)).toThrow(RangeError);
  });

  it('gives nothing for nothing', () => {
    for (const encoding of AUDIO_ENCODINGS) expect(decodePcm(new Uint8Array(0), encoding, 2)).toHaveLength(0);
  });

  it('stays within -1 to 1 and one sample a frame, whatever bytes arrive', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...AUDIO_ENCODINGS),
        fc.constantFrom(1 as const, 2 as const),
        fc.uint8Array({ maxLength: 256 }),
        (encoding, channels, bytes) => {
          const frame = bytesPerFrame(encoding, channels);
          const whole = bytes.subarray(0, bytes.length - (bytes.length % frame));
          const samples = decodePcm(whole, encoding, channels);
          expect(samples).toHaveLength(whole.length / frame);
          expect(samples.every((sample) => sample >= -1 && sample <= 1)).toBe(true);
        },
      ),
    );
  });
});

describe('encodePcm', () => {
  it('writes back exactly the bytes that were decoded, for every 16-bit sample', () => {
    const bytes = new Uint8Array(65536 * 2);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < 65536; i++) view.setInt16(i * 2, i - 32768, true);
    expect(Buffer.compare(encodePcm(decodePcm(bytes, 'pcm_s16le', 1), 'pcm_s16le'), bytes)).toBe(0);
  });

  it('keeps 32-bit floats exactly', () => {
    const samples = Float32Array.of(0.1, -0.7, 1, -1, 0);
    expect(decodePcm(encodePcm(samples, 'pcm_f32le'), 'pcm_f32le', 1)).toEqual(samples);
  });

  it('clamps what is too loud and writes silence for what is no number', () => {
    const samples = Float32Array.of(2, -2, Number.NaN, Number.POSITIVE_INFINITY);
    expect([...encodePcm(samples, 'pcm_s16le')]).toEqual([...hex('ff7f 0080 0000 0000')]);
    expect([...decodePcm(encodePcm(samples, 'pcm_f32le'), 'pcm_f32le', 1)]).toEqual([1, -1, 0, 0]);
  });

  it('companding errs by at most half a quantiser step', () => {
    for (let sample = -32768; sample <= 32767; sample++) {
      const magnitude = Math.abs(sample);
      // Above the last decision value both laws clip.
      if (magnitude > 32124) continue;
      // A step is 1/16 of the octave (mu-law adds its bias of 132 first), and no smaller than the first one.
      expect(Math.abs(expandMulaw(compressMulaw(sample)) - sample)).toBeLessThanOrEqual(
        (magnitude + 132) / 32 + 1,
      );
      expect(Math.abs(expandAlaw(compressAlaw(sample)) - sample)).toBeLessThanOrEqual(
        Math.max(8, magnitude / 32 + 1),
      );
    }
  });
});

describe('G.711', () => {
  it('maps every code to a value and back to the same code', () => {
    for (let code = 0; code < 256; code++) {
      // Mu-law has two zeros; both expand to 0, which compresses to the positive one.
      expect(compressMulaw(expandMulaw(code))).toBe(code === 0x7f ? 0xff : code);
      expect(compressAlaw(expandAlaw(code))).toBe(code);
    }
  });

  it('decodes the 1 kHz reference tone of tables 5 and 6 to a sine at 0 dBm0', () => {
    const alaw = hex('34 21 21 34 b4 a1 a1 b4');
    const mulaw = hex('1e 0b 0b 1e 9e 8b 8b 9e');
    for (const [codes, expand] of [
      [alaw, expandAlaw],
      [mulaw, expandMulaw],
    ] as const) {
      const samples = [...codes].map(expand);
      const peak = Math.hypot(samples[0] as number, samples[1] as number);
      // Eight samples of one period of a sine, starting at 22.5 degrees, within a quantiser step.
      samples.forEach((sample, index) => {
        const sine = Math.abs(Math.sin(((2 * index + 1) * Math.PI) / 8));
        expect(Math.abs(Math.abs(sample) / peak - sine)).toBeLessThan(0.03);
      });
      expect(samples.map(Math.sign)).toEqual([-1, -1, -1, -1, 1, 1, 1, 1]);
      // 0 dBm0 lies 3.14 dB (A-law) and 3.17 dB (mu-law) under full scale.
      expect(20 * Math.log10(peak / 32768)).toBeGreaterThan(-3.4);
      expect(20 * Math.log10(peak / 32768)).toBeLessThan(-2.9);
    }
  });
});
