/** What a FLAC frame says in its header. */
export interface FlacFrameHeader {
  /** Bytes of the header itself. */
  readonly headerLength: number;
  /** Samples a channel. */
  readonly samples: number;
  readonly channels: number;
  /** Position in the stream: the frame's number, or with a variable block size its first sample's. */
  readonly number: number;
  readonly variable: boolean;
}

const CRC8 = Uint8Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ 0x07) & 0xff : (crc << 1) & 0xff;
  return crc;
});

const CRC16 = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x8005) & 0xffff : (crc << 1) & 0xffff;
  return crc;
});

/** No header is longer: 4 bytes, 7 of number, 2 of block size, 2 of rate, 1 of check sum. */
export const MAX_FLAC_HEADER = 16;

/** Reads the frame header at `at`, whose check sum must match; `null` where there is none. Source: RFC 9639 §9.1. */
export function parseFlacHeader(bytes: Uint8Array, at: number): FlacFrameHeader | null {
  if (bytes[at] !== 0xff || ((bytes[at + 1] ?? 0) & 0xfe) !== 0xf8) return null;
  const third = bytes[at + 2] ?? 0;
  const fourth = bytes[at + 3] ?? 0;
  const blockCode = third >> 4;
  const rateCode = third & 15;
  if (blockCode === 0 || rateCode === 15 || fourth >> 4 > 10 || (fourth & 1) !== 0) return null;
  let next = at + 4;
  const lead = bytes[next++] ?? 0xff;
  const extra = lead < 0x80 ? 0 : Math.clz32(~(lead << 24)) - 1;
  if (lead >= 0x80 && (extra < 1 || extra > 6)) return null;
  let number = extra === 0 ? lead : lead & (0x3f >> extra);
  for (let i = 0; i < extra; i++) number = number * 64 + ((bytes[next++] ?? 0) & 0x3f);
  let samples: number;
  if (blockCode === 1) samples = 192;
  else if (blockCode <= 5) samples = 576 << (blockCode - 2);
  else if (blockCode === 6) samples = (bytes[next++] ?? 0) + 1;
  else if (blockCode === 7) samples = ((bytes[next++] ?? 0) << 8) + (bytes[next++] ?? 0) + 1;
  else samples = 256 << (blockCode - 8);
  next += rateCode === 12 ? 1 : rateCode >= 13 ? 2 : 0;
  if (next >= bytes.length) return null;
  let crc = 0;
  for (let i = at; i < next; i++) crc = CRC8[crc ^ (bytes[i] as number)] as number;
  if (crc !== bytes[next]) return null;
  // Codes from 8 on are kinds of stereo.
  const channels = fourth >> 4 < 8 ? (fourth >> 4) + 1 : 2;
  return { headerLength: next + 1 - at, samples, channels, number, variable: bytes[at + 1] === 0xf9 };
}

/** How many samples, those of all channels together, the frames in `bytes` unpack to by what their headers say. */
export function flacSamplesIn(bytes: Uint8Array): number {
  let samples = 0;
  for (let at = bytes.indexOf(0xff); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const header = parseFlacHeader(bytes, at);
    if (header) samples += header.samples * header.channels;
  }
  return samples;
}

/** Carries the check sum of `bytes` from `from` to `to` on. Over a whole frame, its own check sum included, it is 0. */
export function flacCrc16(bytes: Uint8Array, from: number, to: number, crc = 0): number {
  let value = crc;
  for (let i = from; i < to; i++) {
    value = ((value << 8) & 0xffff) ^ (CRC16[(value >> 8) ^ (bytes[i] as number)] as number);
  }
  return value;
}
