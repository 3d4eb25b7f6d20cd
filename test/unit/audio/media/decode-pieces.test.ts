import { describe, expect, it } from 'vitest';
import { decodePieces } from '../../../../src/core/audio/media/decode-pieces.ts';
import type { AudioBlock, MediaReader } from '../../../../src/core/audio/media/readers/media-reader.ts';
import { joined } from '../../../fixtures/media/audio.ts';

const HOUR_MS = 3_600_000;

function tone(length: number, sampleRate: number): AudioBlock {
  const samples = Float32Array.from(
    { length },
    (_, i) => 0.5 * Math.sin((2 * Math.PI * 200 * i) / sampleRate),
  );
  return { channels: [samples], sampleRate };
}

class ListReader implements MediaReader {
  readonly format = 'list';
  readonly durationMs = null;
  readonly readShare = 0;
  /** Blocks asked for so far. */
  asked = 0;
  readonly #blocks: readonly AudioBlock[];

  constructor(blocks: readonly AudioBlock[]) {
    this.#blocks = blocks;
  }

  async *blocks(): AsyncGenerator<AudioBlock> {
    for (const block of this.#blocks) {
      this.asked++;
      yield block;
    }
  }
}

async function readAll(blocks: readonly AudioBlock[], maxDurationMs = HOUR_MS): Promise<Float32Array[]> {
  const pieces: Float32Array[] = [];
  for await (const piece of decodePieces(new ListReader(blocks), maxDurationMs)) pieces.push(piece);
  return pieces;
}

describe('decodePieces', () => {
  it('gives pieces of two seconds, the last one shorter', async () => {
    const pieces = await readAll([tone(50_000, 16_000), tone(30_000, 16_000)]);
    expect(pieces.map((piece) => piece.length)).toEqual([32_000, 32_000, 16_000]);
  });

  it('keeps the sound where the sample rate changes in the middle', async () => {
    const samples = joined(await readAll([tone(48_000, 48_000), tone(22_050, 22_050), tone(16_000, 16_000)]));
    const expected = tone(16_000, 16_000).channels[0] as Float32Array;
    expect(samples.length).toBe(48_000);
    for (const second of [0, 1, 2]) {
      for (let i = 200; i < 15_800; i += 13) {
        expect(samples[second * 16_000 + i]).toBeCloseTo(expected[i] as number, 2);
      }
    }
  });

  it('reads no further than it is asked to', async () => {
    const reader = new ListReader(Array.from({ length: 100 }, () => tone(16_000, 16_000)));
    const pieces = decodePieces(reader, HOUR_MS);
    await pieces.next();
    await pieces.next();
    expect(reader.asked).toBe(4);
    await pieces.return(undefined);
  });

  it('clamps what damaged frames decode to, and takes what is no number for silence', async () => {
    const channel = new Float32Array(1000).fill(7);
    channel.fill(Number.NaN, 100, 200);
    channel.fill(Number.NEGATIVE_INFINITY, 200, 300);
    const samples = joined(await readAll([{ channels: [channel, channel.slice()], sampleRate: 16_000 }]));
    expect(samples[50]).toBe(1);
    expect(samples[150]).toBe(0);
    expect(samples[250]).toBe(-1);
    expect(samples[999]).toBe(1);
  });

  it('refuses more than is allowed', async () => {
    await expect(readAll([tone(16_000 * 3, 16_000)], 2000)).rejects.toMatchObject({
      code: 'audio_file_too_long',
    });
  });

  it('says where there is no audio at all', async () => {
    await expect(readAll([])).rejects.toMatchObject({ code: 'audio_file_invalid' });
  });

  it('leaves sample rates that cannot be converted to others', async () => {
    await expect(readAll([tone(100, 6000)])).rejects.toMatchObject({ code: 'audio_file_unsupported' });
  });
});
