import type { FileBytes } from '../file-bytes.ts';
import { text, u32le } from './bytes.ts';

const ID3V1_BYTES = 128;

/**
 * Length of the tag that starts at `position`: ID3v2 (id3.org/id3v2.4.0-structure §3.1), ID3v1 or APEv2. 0 where none
 * does. A tag may claim more than the file holds.
 */
export function tagLength(file: FileBytes, position: number): number {
  const head = file.view(position, 32);
  if (text(head, 0, 3) === 'ID3' && head.length >= 10) return id3v2Length(head);
  if (text(head, 0, 3) === 'TAG' && file.size - position === ID3V1_BYTES) return ID3V1_BYTES;
  // The size counts items and footer, not the header.
  if (text(head, 0, 8) === 'APETAGEX') return 32 + u32le(head, 12);
  return 0;
}

function id3v2Length(head: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = head.subarray(6, 10);
  if ((a | b | c | d) & 0x80) return 0;
  const footer = (head[5] ?? 0) & 0x10 ? 10 : 0;
  return 10 + footer + a * 2_097_152 + b * 16_384 + c * 128 + d;
}
