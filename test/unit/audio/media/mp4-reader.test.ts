import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileBytes } from '../../../../src/core/audio/media/file-bytes.ts';
import { wrapBox } from '../../../../src/core/audio/media/readers/mp4-boxes.ts';
import { openMp4 } from '../../../../src/core/audio/media/readers/mp4-reader.ts';
import { joined } from '../../../fixtures/media/audio.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'surtitle-mp4-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}

interface MovieOptions {
  readonly codec?: string;
  readonly handler?: string;
  /** Of `stsz`: the size of all samples, and how many. */
  readonly sampleSize?: number;
  readonly sampleCount?: number;
  readonly chunks?: readonly (readonly [offset: number, frames: number])[];
  /** In milliseconds. */
  readonly pauseMs?: number;
}

/** A QuickTime movie of 16-bit little-endian mono PCM at 16 kHz. */
function moov(options: MovieOptions): Uint8Array {
  const { codec = 'sowt', handler = 'soun', sampleSize = 1, chunks = [], pauseMs } = options;
  const frames = chunks.reduce((sum, [, count]) => sum + count, 0);
  const { sampleCount = frames } = options;
  const entry = Buffer.alloc(36);
  entry.writeUInt32BE(36, 0);
  entry.write(codec, 4, 'latin1');
  entry.writeUInt16BE(1, 24);
  entry.writeUInt16BE(16, 26);
  entry.writeUInt16BE(16_000, 32);
  const stbl = wrapBox(
    'stbl',
    wrapBox('stsd', words(0, 1), entry),
    wrapBox('stts', words(0, 1, frames, 1)),
    wrapBox('stsz', words(0, sampleSize, sampleCount)),
    wrapBox('stsc', words(0, chunks.length), ...chunks.map(([, count], index) => words(index + 1, count, 1))),
    wrapBox('stco', words(0, chunks.length, ...chunks.map(([offset]) => offset))),
  );
  const mdia = wrapBox(
    'mdia',
    wrapBox('mdhd', words(0, 0, 0, 16_000, frames, 0)),
    wrapBox('hdlr', words(0, 0), Buffer.from(handler), words(0, 0, 0)),
    wrapBox('minf', stbl),
  );
  const edits = words(0, 2, pauseMs ?? 0, 0xffff_ffff, 0x10000, (frames * 1000) / 16_000, 0, 0x10000);
  const edts = pauseMs === undefined ? [] : [wrapBox('edts', wrapBox('elst', edits))];
  const trak = wrapBox('trak', wrapBox('tkhd', words(0, 0, 0, 1, 0, 0)), ...edts, mdia);
  return wrapBox('moov', wrapBox('mvhd', words(0, 0, 0, 1000, 0)), trak);
}

function write(...parts: readonly Uint8Array[]): FileBytes {
  const path = join(folder, `${Math.random()}`);
  writeFileSync(path, Buffer.concat(parts));
  return new FileBytes(path);
}

async function read(file: FileBytes): Promise<{ samples: Float32Array; warnings: string[] }> {
  const warnings: string[] = [];
  const pieces: Float32Array[] = [];
  for await (const block of openMp4(file, (sentence) => warnings.push(sentence)).blocks()) {
    pieces.push(block.channels[0] as Float32Array);
  }
  file.close();
  return { samples: joined(pieces), warnings };
}

/** Frames that count. */
function pcm(from: number, count: number): Buffer {
  const bytes = Buffer.alloc(count * 2);
  for (let i = 0; i < count; i++) bytes.writeInt16LE(from + i, i * 2);
  return bytes;
}

function counting(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => i / 32_768);
}

describe('openMp4', () => {
  it("reads QuickTime's PCM, whose table calls every frame one byte, from chunks anywhere in the file", async () => {
    const video = Buffer.alloc(5000, 0x77);
    const mdat = wrapBox('mdat', pcm(1000, 500), video, pcm(0, 1000));
    const chunks = [
      [8 + 1000 + 5000, 1000],
      [8, 500],
    ] as const;
    expect(await read(write(mdat, moov({ chunks })))).toEqual({ samples: counting(1500), warnings: [] });
  });

  it('is silent as long as the track begins later than the film', async () => {
    const { samples } = await read(
      write(wrapBox('mdat', pcm(0, 1600)), moov({ chunks: [[8, 1600]], pauseMs: 250 })),
    );
    expect(samples.subarray(0, 4000)).toEqual(new Float32Array(4000));
    expect(samples.subarray(4000)).toEqual(counting(1600));
  });

  it('reads what is there where the table promises more', async () => {
    const chunks = [
      [8, 1000],
      [2008, 100_000],
    ] as const;
    const { samples, warnings } = await read(
      write(wrapBox('mdat', pcm(0, 1000)), moov({ chunks, sampleSize: 2 })),
    );
    expect(samples).toEqual(counting(1000));
    expect(warnings).toEqual([expect.stringContaining('cut short')]);
  });

  it('is not led astray by a table of billions', () => {
    const chunks = [[8, 0xffff_ffff]] as const;
    const file = write(wrapBox('mdat', pcm(0, 10)), moov({ codec: 'mp4a', chunks, sampleSize: 1 }));
    expect(openMp4(file, () => {}).format).toBe('mov');
    file.close();
  });

  it.each([
    ['drms', 'soun', 'audio_file_protected'],
    ['enca', 'soun', 'audio_file_protected'],
    ['QDM2', 'soun', 'audio_file_unsupported'],
    ['avc1', 'vide', 'audio_file_without_audio'],
    ['mp4a', '\0\0\0\0', 'audio_file_invalid'],
  ])('tells what %s in a track of %j is', (codec, handler, code) => {
    const file = write(wrapBox('mdat', pcm(0, 10)), moov({ codec, handler, chunks: [[8, 10]] }));
    expect(() => openMp4(file, () => {})).toThrow(expect.objectContaining({ code }));
    file.close();
  });
});
