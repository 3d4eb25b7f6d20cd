import { SurtitleError } from '../../core/foundation/errors.ts';
import type { AudioFormat } from '../../core/protocol/encodings.ts';

/** Where the samples of a WAV stream begin and what they are. */
export interface WavHeader {
  readonly format: AudioFormat;
  /** Bytes before the first sample. */
  readonly dataOffset: number;
  /** Bytes of samples; `null` where the writer did not know (a recorder writing into a pipe). */
  readonly dataBytes: number | null;
}

/** More than this before the samples is no WAV file of this world. */
const MAX_HEADER_BYTES = 1024 * 1024;

const WAVE_FORMAT_EXTENSIBLE = 0xfffe;
const ENCODINGS: Readonly<Record<string, AudioFormat['encoding']>> = {
  '1/16': 'pcm_s16le',
  '3/32': 'pcm_f32le',
  '6/8': 'alaw',
  '7/8': 'mulaw',
};

/** Whether these bytes begin like a WAV file. Needs 12 of them. */
export function looksLikeWav(bytes: Uint8Array): boolean {
  return bytes.length >= 12 && ascii(bytes, 0) === 'RIFF' && ascii(bytes, 8) === 'WAVE';
}

/**
 * Reads the header of a WAV stream from its first bytes, so that audio can be passed on as it arrives.
 * (Microsoft, "Multimedia Programming Interface and Data Specifications 1.0", and WAVE_FORMAT_EXTENSIBLE.)
 *
 * @returns `null` when more bytes are needed.
 * @throws {SurtitleError} `not_audio` or `unsupported_audio`, with what to do.
 */
export function readWavHeader(bytes: Uint8Array): WavHeader | null {
  if (bytes.length < 12) return null;
  if (!looksLikeWav(bytes)) throw new SurtitleError('not_audio', 'The input is not a WAV file.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: AudioFormat | null = null;
  for (let offset = 12; ; ) {
    if (offset > MAX_HEADER_BYTES)
      throw new SurtitleError('not_audio', 'The WAV file has no audio in its first megabyte.');
    if (offset + 8 > bytes.length) return null;
    const name = ascii(bytes, offset);
    const size = view.getUint32(offset + 4, true);
    const body = offset + 8;
    if (name === 'data') {
      if (!format) throw new SurtitleError('not_audio', 'The WAV file has no format before its audio.');
      const unknown = size === 0 || size >= 0x7fff_f000;
      return { format, dataOffset: body, dataBytes: unknown ? null : size };
    }
    if (name === 'fmt ') {
      if (body + Math.min(size, 26) > bytes.length) return null;
      format = readFormat(view, body, size);
    }
    offset = body + size + (size % 2);
  }
}

function readFormat(view: DataView, at: number, size: number): AudioFormat {
  if (size < 16) throw new SurtitleError('not_audio', 'The format of the WAV file is cut short.');
  const declared = view.getUint16(at, true);
  const tag = declared === WAVE_FORMAT_EXTENSIBLE && size >= 26 ? view.getUint16(at + 24, true) : declared;
  const channels = view.getUint16(at + 2, true);
  const sampleRate = view.getUint32(at + 4, true);
  const bits = view.getUint16(at + 14, true);
  const encoding = ENCODINGS[`${tag}/${bits}`];
  if (!encoding || (channels !== 1 && channels !== 2) || sampleRate < 8000 || sampleRate > 48_000) {
    throw new SurtitleError(
      'unsupported_audio',
      `The WAV file holds ${bits}-bit audio (format ${tag}) with ${channels} channels at ${sampleRate} Hz. Convert it first: ffmpeg -i INPUT -ar 16000 -ac 1 -c:a pcm_s16le OUTPUT.wav`,
    );
  }
  return { encoding, channels, sampleRate };
}

function ascii(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
