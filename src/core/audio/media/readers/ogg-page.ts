import type { FileBytes } from '../file-bytes.ts';
import { text, u32le } from './bytes.ts';

export interface OggPage {
  readonly position: number;
  readonly length: number;
  /** First page of its logical stream. */
  readonly begins: boolean;
  /** Last page of its logical stream. */
  readonly ends: boolean;
  /** Codec's own position at the end of the last packet that ends here; `null` where none does. */
  readonly granule: number | null;
  readonly serial: number;
  readonly sequence: number;
  /** Where the page's content begins, counted from its start. */
  readonly contentAt: number;
}

/** The largest page: 27 bytes, 255 lengths, 255 segments of 255. */
export const MAX_OGG_PAGE = 27 + 255 + 255 * 255;

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc >>> 0;
});

/**
 * The page that starts at `position`, checked against its check sum; `null` where none does or it is not all there.
 * Source: RFC 3533 §6.
 */
export function readOggPage(file: FileBytes, position: number): OggPage | null {
  const head = file.view(position, 27 + 255);
  if (head.length < 27 || text(head, 0, 4) !== 'OggS' || head[4] !== 0) return null;
  const segments = head[26] as number;
  let length = 27 + segments;
  if (head.length < length) return null;
  for (let i = 27; i < 27 + segments; i++) length += head[i] as number;
  const page = file.view(position, length);
  if (page.length < length || checkSum(page) !== u32le(page, 22)) return null;
  const flags = page[5] as number;
  const low = u32le(page, 6);
  const high = u32le(page, 10);
  return {
    position,
    length,
    begins: (flags & 2) !== 0,
    ends: (flags & 4) !== 0,
    granule: high === 0xffff_ffff && low === 0xffff_ffff ? null : high * 4_294_967_296 + low,
    serial: u32le(page, 14),
    sequence: u32le(page, 18),
    contentAt: 27 + segments,
  };
}

/** Over the page with its own check sum taken as 0. */
function checkSum(page: Uint8Array): number {
  let crc = 0;
  for (let i = 0; i < page.length; i++) {
    const byte = i >= 22 && i < 26 ? 0 : (page[i] as number);
    crc = ((crc << 8) ^ (CRC[((crc >>> 24) ^ byte) & 0xff] as number)) >>> 0;
  }
  return crc;
}
