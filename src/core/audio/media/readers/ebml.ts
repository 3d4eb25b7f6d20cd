import type { FileBytes } from '../file-bytes.ts';

/** An element of a Matroska or WebM file. Source: RFC 8794. */
export interface EbmlElement {
  readonly id: number;
  readonly position: number;
  readonly headerLength: number;
  /** Of the content; `null` where the writer did not know (live recordings): it goes on until its parent's end. */
  readonly length: number | null;
}

/** The element that starts at `position`; `null` where none does. */
export function readElement(file: FileBytes, position: number): EbmlElement | null {
  return parseElement(file.view(position, 12), 0, position);
}

/** The elements in a part of an element's content. */
export function* innerElements(bytes: Uint8Array): Generator<EbmlElement & { readonly content: Uint8Array }> {
  for (let at = 0; at < bytes.length; ) {
    const element = parseElement(bytes, at, at);
    if (!element || element.length === null) return;
    const start = at + element.headerLength;
    const end = start + element.length;
    if (end > bytes.length) return;
    yield { ...element, content: bytes.subarray(start, end) };
    at = end;
  }
}

/** An unsigned number of up to 8 bytes; exact up to 2^53. */
export function unsigned(content: Uint8Array): number {
  return content.reduce((value, byte) => value * 256 + byte, 0);
}

export function float(content: Uint8Array): number {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  return content.length === 4 ? view.getFloat32(0) : content.length === 8 ? view.getFloat64(0) : 0;
}

/** A variable-length number without its length marker, and how many bytes it took. */
export function variableNumber(bytes: Uint8Array, at: number): { value: number; length: number } | null {
  const first = bytes[at];
  if (first === undefined || first === 0) return null;
  const length = Math.clz32(first) - 23;
  if (at + length > bytes.length) return null;
  let value = first & (0xff >> length);
  for (let i = 1; i < length; i++) value = value * 256 + (bytes[at + i] as number);
  return { value, length };
}

/** An element with a content of its own. */
export function wrapElement(id: number, content: Uint8Array): Uint8Array {
  const idBytes = id > 0xffffff ? 4 : id > 0xffff ? 3 : id > 0xff ? 2 : 1;
  const bytes = new Uint8Array(idBytes + 8 + content.length);
  for (let i = 0; i < idBytes; i++) bytes[i] = (id >>> (8 * (idBytes - 1 - i))) & 0xff;
  // A size of eight bytes, whatever it is.
  bytes[idBytes] = 1;
  new DataView(bytes.buffer).setUint32(idBytes + 4, content.length);
  bytes.set(content, idBytes + 8);
  return bytes;
}

function parseElement(bytes: Uint8Array, at: number, position: number): EbmlElement | null {
  const first = bytes[at];
  if (first === undefined || first < 0x10) return null;
  const idLength = Math.clz32(first) - 23;
  const size = variableNumber(bytes, at + idLength);
  if (!size) return null;
  let id = 0;
  for (let i = 0; i < idLength; i++) id = id * 256 + (bytes[at + i] as number);
  const unknown = size.value === 2 ** (7 * size.length) - 1;
  return { id, position, headerLength: idLength + size.length, length: unknown ? null : size.value };
}
