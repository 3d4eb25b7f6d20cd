import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wrapElement } from '../../../src/core/audio/media/readers/ebml.ts';
import { flacCrc16, flacSamplesIn } from '../../../src/core/audio/media/readers/flac-frame.ts';
import { wrapBox } from '../../../src/core/audio/media/readers/mp4-boxes.ts';
import { readMedia } from '../../fixtures/media/audio.ts';

/** Thirteen bytes each, and four seconds. */
const FRAMES = 200;
const LONGEST_FRAME = 65_535;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'surtitle-unpacking-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}

function crc8(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ 7) & 0xff : (crc << 1) & 0xff;
  }
  return crc;
}

/** A frame of 16-bit mono silence at 16 kHz, as long as one can be. */
function silentFrame(number: number): Buffer {
  const header = [0xff, 0xf8, 0x75, 0x08, number & 0x7f, 0xff, 0xfe];
  const body = Buffer.from([...header, crc8(Buffer.from(header)), 0, 0, 0]);
  const crc = flacCrc16(body, 0, body.length);
  return Buffer.concat([body, Buffer.from([crc >> 8, crc & 0xff])]);
}

const frames = Buffer.concat(Array.from({ length: FRAMES }, (_, number) => silentFrame(number)));
/** `fLaC` and its description of the stream. */
const streamInfo = Buffer.concat([
  Buffer.from('fLaC\x80\0\0\x22\xff\xff\xff\xff\0\0\0\0\0\0', 'latin1'),
  words(16_000 << 12, 0).fill(0xf0, 3, 4),
  Buffer.alloc(16),
]);

function matroska(codec: string, codecPrivate: Uint8Array, block: Uint8Array): Buffer {
  const track = Buffer.concat([
    wrapElement(0xd7, Uint8Array.of(1)),
    wrapElement(0x83, Uint8Array.of(2)),
    wrapElement(0x86, Buffer.from(codec)),
    wrapElement(0x63a2, codecPrivate),
    wrapElement(0xe1, wrapElement(0x9f, Uint8Array.of(1))),
  ]);
  const cluster = [
    wrapElement(0xe7, Uint8Array.of(0)),
    wrapElement(0xa3, Buffer.concat([Buffer.from([0x81, 0, 0, 0x80]), block])),
  ];
  return Buffer.concat([
    wrapElement(0x1a45dfa3, wrapElement(0x4282, Buffer.from('webm'))),
    Buffer.from([0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    wrapElement(0x1654ae6b, wrapElement(0xae, track)),
    wrapElement(0x1f43b675, Buffer.concat(cluster)),
  ]);
}

function mp4(codec: string, description: Uint8Array, sample: Uint8Array): Buffer {
  const fields = Buffer.alloc(28);
  fields.writeUInt16BE(1, 6);
  fields.writeUInt16BE(1, 16);
  fields.writeUInt16BE(16, 18);
  fields.writeUInt16BE(16_000, 24);
  const ftyp = wrapBox('ftyp', Buffer.from('M4A \0\0\0\0'));
  const stbl = wrapBox(
    'stbl',
    wrapBox('stsd', words(0, 1), wrapBox(codec, fields, description)),
    wrapBox('stts', words(0, 1, 1, 4096)),
    wrapBox('stsz', words(0, 0, 1, sample.length)),
    wrapBox('stsc', words(0, 1, 1, 1, 1)),
    wrapBox('stco', words(0, 1, ftyp.length + 8)),
  );
  const mdia = wrapBox(
    'mdia',
    wrapBox('mdhd', words(0, 0, 0, 16_000, 4096, 0)),
    wrapBox('hdlr', words(0, 0), Buffer.from('soun'), words(0, 0, 0)),
    wrapBox('minf', stbl),
  );
  return Buffer.concat([ftyp, wrapBox('mdat', sample), wrapBox('moov', wrapBox('trak', mdia))]);
}

/** 16-bit mono at 16 kHz in frames of 4,096 samples. */
const ALAC_COOKIE = Buffer.concat([
  words(4096),
  Buffer.from([0, 16, 40, 10, 14, 1, 0, 255]),
  words(0, 0, 16_000),
]);

/** One channel, uncompressed: 3 million samples by its own account, though none of them are there. */
function longAlacPacket(): Buffer {
  const samples = (3_000_000).toString(2).padStart(32, '0');
  const bits = `000${'0'.repeat(16)}1001${samples}111`.padEnd(512, '0');
  return Buffer.from((bits.match(/.{8}/gu) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

describe('a few bytes that unpack to gigabytes', () => {
  it('are what the frames of this test are', () => {
    expect(flacSamplesIn(frames)).toBe(FRAMES * LONGEST_FRAME);
  });

  it.each([
    ['FLAC in a block of Matroska', () => matroska('A_FLAC', streamInfo, frames)],
    ['FLAC in a sample of MP4', () => mp4('fLaC', wrapBox('dfLa', words(0), streamInfo.subarray(4)), frames)],
    [
      'ALAC that says it goes on for long',
      () => mp4('alac', wrapBox('alac', words(0), ALAC_COOKIE), longAlacPacket()),
    ],
  ])('(%s) are damage', async (name, make) => {
    const path = join(folder, name);
    writeFileSync(path, make());
    // Millions of samples would take a failing test's report minutes.
    const seconds = readMedia(path).then(({ samples }) => samples.length / 16_000);
    await expect(seconds).rejects.toMatchObject({ code: 'audio_file_invalid' });
  });

  it('are read where there are not too many of them', async () => {
    const path = join(folder, 'long frames');
    const few = frames.subarray(0, 10 * silentFrame(0).length);
    writeFileSync(path, matroska('A_FLAC', streamInfo, few));
    const { samples } = await readMedia(path);
    expect(samples.length).toBeGreaterThan(9 * LONGEST_FRAME);
  });
});
