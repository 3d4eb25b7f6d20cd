/** What a self-synchronising audio frame says in its header. */
export interface FrameHeader {
  /** Bytes to the next frame. */
  readonly length: number;
  /** Samples a channel. */
  readonly samples: number;
  /** Hz. */
  readonly sampleRate: number;
  /** Equal in all frames of one stream: tells a header from bytes that look like one. */
  readonly stream: string;
}

/** Reads the header that starts at `at`; `null` where there is none, or not all of it. */
export type ParseFrameHeader = (bytes: Uint8Array, at: number) => FrameHeader | null;

const MPEG_RATES = [44_100, 48_000, 32_000];
/** kbit/s by index 1 to 14. */
const MPEG1_BITRATES: Readonly<Record<number, readonly number[]>> = {
  1: [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  2: [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  3: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
};
const MPEG2_BITRATES: Readonly<Record<number, readonly number[]>> = {
  1: [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  2: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  3: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};

/**
 * An MPEG audio frame (MP3, and layers I and II). Free-format bit rates are not read.
 * Source: ISO/IEC 11172-3 §2.4.1.3, 13818-3; version 2.5 by common practice.
 */
export function parseMpegHeader(bytes: Uint8Array, at: number): FrameHeader | null {
  const second = bytes[at + 1];
  const third = bytes[at + 2];
  if (bytes[at] !== 0xff || second === undefined || third === undefined || at + 4 > bytes.length) return null;
  if ((second & 0xe0) !== 0xe0) return null;
  const version = (second >> 3) & 3;
  const layer = 4 - ((second >> 1) & 3);
  const rate = MPEG_RATES[(third >> 2) & 3];
  if (version === 1 || layer === 4 || rate === undefined) return null;
  const isMpeg1 = version === 3;
  const bitrate = (isMpeg1 ? MPEG1_BITRATES : MPEG2_BITRATES)[layer]?.[(third >> 4) - 1];
  if (bitrate === undefined) return null;
  const sampleRate = rate / (isMpeg1 ? 1 : version === 2 ? 2 : 4);
  const samples = layer === 1 ? 384 : layer === 2 || isMpeg1 ? 1152 : 576;
  const padding = (third >> 1) & 1;
  const slot = layer === 1 ? 4 : 1;
  const length = (Math.floor((samples / 8 / slot) * ((bitrate * 1000) / sampleRate)) + padding) * slot;
  return { length, samples, sampleRate, stream: `mpeg ${version} ${layer} ${sampleRate}` };
}

const ADTS_RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350,
];

/** An AAC frame in ADTS. Source: ISO/IEC 13818-7 §6.2. */
export function parseAdtsHeader(bytes: Uint8Array, at: number): FrameHeader | null {
  if (bytes[at] !== 0xff || at + 7 > bytes.length) return null;
  const [, second = 0, third = 0, fourth = 0, fifth = 0, sixth = 0, seventh = 0] = bytes.subarray(at, at + 7);
  if ((second & 0xf6) !== 0xf0) return null;
  const sampleRate = ADTS_RATES[(third >> 2) & 15];
  const length = ((fourth & 3) << 11) | (fifth << 3) | (sixth >> 5);
  if (sampleRate === undefined || length < 7) return null;
  const channels = ((third & 1) << 2) | (fourth >> 6);
  const samples = 1024 * ((seventh & 3) + 1);
  return {
    length,
    samples,
    sampleRate,
    stream: `adts ${second & 8} ${third >> 6} ${sampleRate} ${channels}`,
  };
}
