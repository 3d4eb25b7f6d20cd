import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileBytes } from '../../../../src/core/audio/media/file-bytes.ts';
import { parseAdtsHeader, parseMpegHeader } from '../../../../src/core/audio/media/readers/frame-header.ts';
import { FrameScanner } from '../../../../src/core/audio/media/readers/frame-scanner.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'surtitle-frames-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** MPEG-1 layer III, 128 kbit/s, 44.1 kHz. */
const FRAME = Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x00]), Buffer.alloc(413)]);
const JUNK = Buffer.alloc(777, 0x11);
const TAG = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\x02\0', 'latin1'), Buffer.alloc(256, 0xff)]);
const APE = Buffer.concat([
  Buffer.from('APETAGEX'),
  Buffer.from('d007000020000000', 'hex'),
  Buffer.alloc(48),
]);
const ID3V1 = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125, 0xff)]);

function scan(...parts: readonly Buffer[]): { positions: number[]; cutShort: boolean; damaged: boolean } {
  const path = join(folder, `${Math.random()}`);
  writeFileSync(path, Buffer.concat(parts));
  const file = new FileBytes(path);
  const scanner = new FrameScanner(file, parseMpegHeader, 0);
  const positions: number[] = [];
  for (let frame = scanner.next(); frame; frame = scanner.next()) positions.push(frame.position);
  file.close();
  return { positions, cutShort: scanner.cutShort, damaged: scanner.damaged };
}

const whole = { cutShort: false, damaged: false };

describe('parseMpegHeader', () => {
  it.each([
    ['fffb9000', { length: 417, samples: 1152, sampleRate: 44_100 }],
    ['fffb9200', { length: 418, samples: 1152, sampleRate: 44_100 }],
    ['fff384c0', { length: 192, samples: 576, sampleRate: 24_000 }],
    ['ffe340c4', { length: 208, samples: 576, sampleRate: 11_025 }],
    ['fffd8400', { length: 384, samples: 1152, sampleRate: 48_000 }],
    ['ffff8400', { length: 256, samples: 384, sampleRate: 48_000 }],
  ])('reads %s', (header, expected) => {
    expect(parseMpegHeader(Buffer.from(header, 'hex'), 0)).toMatchObject(expected);
  });

  it.each(['fffb0000', 'fffbf000', 'fffb9c00', 'ffeb9000', 'fff99000', 'fefb9000', 'fffb90'])(
    'finds none in %s',
    (header) => {
      expect(parseMpegHeader(Buffer.from(header, 'hex'), 0)).toBeNull();
    },
  );
});

describe('parseAdtsHeader', () => {
  it('reads a frame of 1024 samples', () => {
    const header = Buffer.from([0xff, 0xf1, 0x50, 0x40, 0x04, 0x1f, 0xfc]);
    expect(parseAdtsHeader(header, 0)).toMatchObject({ length: 32, samples: 1024, sampleRate: 44_100 });
  });
});

describe('FrameScanner', () => {
  it('walks frames one behind the other', () => {
    expect(scan(FRAME, FRAME, FRAME)).toEqual({ positions: [0, 417, 834], ...whole });
  });

  it('steps over tags before, between and behind them', () => {
    const { positions, cutShort, damaged } = scan(TAG, FRAME, FRAME, TAG, FRAME, FRAME, APE, ID3V1);
    expect(positions).toEqual([266, 683, 1366, 1783]);
    expect({ cutShort, damaged }).toEqual(whole);
  });

  it('goes on behind damage, and says so', () => {
    expect(scan(FRAME, FRAME, JUNK, FRAME, FRAME)).toEqual({
      positions: [0, 417, 1611, 2028],
      cutShort: false,
      damaged: true,
    });
  });

  it('is not taken in by a sync word in the damage', () => {
    const trap = Buffer.from(JUNK);
    trap.set(FRAME.subarray(0, 4), 100);
    expect(scan(FRAME, FRAME, trap, FRAME, FRAME).positions).toEqual([0, 417, 1611, 2028]);
  });

  it.each([1, 3, 5, 200])('says that the last frame is cut after %d bytes', (left) => {
    expect(scan(FRAME, FRAME, FRAME.subarray(0, left))).toEqual({
      positions: [0, 417],
      cutShort: true,
      damaged: false,
    });
  });

  it('takes no notice of what stands before the first frame', () => {
    expect(scan(JUNK, FRAME, FRAME)).toEqual({ positions: [777, 1194], ...whole });
  });
});
