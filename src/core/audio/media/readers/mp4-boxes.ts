import type { FileBytes } from '../file-bytes.ts';
import { text, u32, u64 } from './bytes.ts';

/** A box of an MP4 or QuickTime file. Source: ISO/IEC 14496-12 §4.2. */
export interface Mp4Box {
  readonly type: string;
  /** Of the box's first byte. */
  readonly position: number;
  readonly headerLength: number;
  /** Header included. May reach beyond the end of a file that is cut short. */
  readonly length: number;
}

/** The boxes of the file itself, in order. Where none can stand, it goes on at the next fragment or index. */
export function* topLevelBoxes(file: FileBytes): Generator<Mp4Box> {
  for (let position = 0; position + 8 <= file.size; ) {
    const box = boxAt(file.view(position, 16), 0, file.size - position);
    if (box) yield { ...box, position };
    position = box ? position + box.length : findLandmark(file, position + 1);
  }
}

const SEARCH_BYTES = 256 * 1024;

/** Where the next `moof` or `moov` begins. */
function findLandmark(file: FileBytes, from: number): number {
  for (let at = from; at < file.size; at += SEARCH_BYTES - 8) {
    const bytes = file.read(at, SEARCH_BYTES);
    for (let found = bytes.indexOf(0x6d, 4); found >= 0; found = bytes.indexOf(0x6d, found + 1)) {
      const type = text(bytes, found, 4);
      const size = u32(bytes, found - 4);
      if ((type === 'moof' || type === 'moov') && size >= 16 && at + found - 4 + size <= file.size)
        return at + found - 4;
    }
  }
  return file.size;
}

/** The boxes in a part of a box's content. */
export function* innerBoxes(bytes: Uint8Array, start: number, end: number): Generator<Mp4Box> {
  for (let position = start; position + 8 <= end; ) {
    const box = boxAt(bytes, position, end - position);
    if (!box || position + box.length > end) return;
    yield { ...box, position };
    position += box.length;
  }
}

/** The content of the first box of a type among those in `bytes` from `start`. */
export function childBox(bytes: Uint8Array, type: string, start = 0): Uint8Array | null {
  for (const box of innerBoxes(bytes, start, bytes.length)) {
    if (box.type === type) return bytes.subarray(box.position + box.headerLength, box.position + box.length);
  }
  return null;
}

/** {@link childBox} of a child of a child. */
export function descendantBox(bytes: Uint8Array, ...path: readonly string[]): Uint8Array | null {
  let content: Uint8Array | null = bytes;
  for (const type of path) content = content && childBox(content, type);
  return content;
}

/** A box around `content`. */
export function wrapBox(type: string, ...content: readonly Uint8Array[]): Uint8Array {
  const length = content.reduce((sum, part) => sum + part.length, 8);
  const box = new Uint8Array(length);
  new DataView(box.buffer).setUint32(0, length);
  for (let i = 0; i < 4; i++) box[4 + i] = type.charCodeAt(i);
  let filled = 8;
  for (const part of content) {
    box.set(part, filled);
    filled += part.length;
  }
  return box;
}

function boxAt(bytes: Uint8Array, at: number, left: number): Omit<Mp4Box, 'position'> | null {
  const size = u32(bytes, at);
  const type = text(bytes, at + 4, 4);
  // Also keeps zeros from being a box that goes on to the end.
  if (!/^[ -~\xa9]{4}$/.test(type)) return null;
  // 0: to the end; 1: a long size follows.
  if (size === 0) return { type, headerLength: 8, length: left };
  if (size === 1)
    return u64(bytes, at + 8) < 16 ? null : { type, headerLength: 16, length: u64(bytes, at + 8) };
  return size < 8 ? null : { type, headerLength: 8, length: size };
}
