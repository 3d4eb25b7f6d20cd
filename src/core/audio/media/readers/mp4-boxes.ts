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

/** The boxes of the file itself, in order. Stops where none can stand. */
export function* topLevelBoxes(file: FileBytes, start = 0): Generator<Mp4Box> {
  for (let position = start; position + 8 <= file.size; ) {
    const box = boxAt(file.view(position, 16), 0, file.size - position);
    if (!box) return;
    yield { ...box, position };
    position += box.length;
  }
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
  // 0: to the end; 1: a long size follows.
  if (size === 0) return { type, headerLength: 8, length: left };
  if (size === 1)
    return u64(bytes, at + 8) < 16 ? null : { type, headerLength: 16, length: u64(bytes, at + 8) };
  return size < 8 ? null : { type, headerLength: 8, length: size };
}
