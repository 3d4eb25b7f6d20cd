import { type AudioEncoding, type AudioFormat, bytesPerPosition } from '../protocol/encodings.ts';
import { encodePcm } from './pcm.ts';
import { parseWavHeader, WAV_FORMAT_TAGS, type WavSampleFormat, wavSampleBytes } from './wav-header.ts';

/** A WAV file's audio in an encoding that sessions accept. */
export interface WavAudio extends AudioFormat {
  /** Whole frames. Where the file holds the encoding itself, a view of the file's bytes. */
  readonly data: Uint8Array;
}

/**
 * Reads a WAV file: 8, 16, 24 and 32-bit integers, 32 and 64-bit floats, mu-law and A-law, one or two
 * channels. Encodings that sessions do not accept are converted to `pcm_f32le`. Missing sizes (0 or the
 * largest, as pipes leave them) and audio that is cut short are read as far as they go.
 * @throws {AudioFileError} when it is no WAV file or of a kind that is not read here.
 */
export function readWav(bytes: Uint8Array): WavAudio {
  const { header, audio } = parseWavHeader(bytes);
  const { sampleFormat, sampleRate, channels } = header;
  const frameBytes = wavSampleBytes(sampleFormat) * channels;
  const length = Math.min(audio.length, header.dataLength ?? audio.length);
  const whole = audio.subarray(0, length - (length % frameBytes));
  return {
    encoding: wavEncoding(sampleFormat),
    sampleRate,
    channels,
    data: convertWavSamples(whole, sampleFormat),
  };
}

/** The session encoding that {@link convertWavSamples} gives for a WAV file's samples. */
export function wavEncoding(format: WavSampleFormat): AudioEncoding {
  if (format === 'mulaw' || format === 'alaw') return format;
  return format === 's16' ? 'pcm_s16le' : 'pcm_f32le';
}

/**
 * A WAV file's samples in the encoding {@link wavEncoding}; unchanged where that is what the file holds.
 * @param bytes whole samples.
 */
export function convertWavSamples(bytes: Uint8Array, format: WavSampleFormat): Uint8Array {
  switch (format) {
    case 's16':
    case 'f32':
    case 'mulaw':
    case 'alaw':
      return bytes;
    case 'u8':
    case 's24':
    case 's32':
    case 'f64':
      return encodePcm(decodeToFloat(bytes, format), 'pcm_f32le');
  }
}

/**
 * Writes a WAV file.
 * @param audio floats, -1 to 1 (interleaved where there are two channels), to be encoded; or whole frames of
 * bytes that are in the format's encoding already.
 */
export function writeWav(audio: Float32Array | Uint8Array, format: AudioFormat): Uint8Array {
  const data = audio instanceof Float32Array ? encodePcm(audio, format.encoding) : audio;
  const header = wavFileHeader(format, data.length);
  const file = new Uint8Array(header.length + data.length + (data.length % 2));
  file.set(header);
  file.set(data, header.length);
  return file;
}

/** The 44 (PCM) or 58 bytes in front of `dataLength` bytes of audio. */
function wavFileHeader(format: AudioFormat, dataLength: number): Uint8Array {
  const frameBytes = bytesPerPosition(format);
  const tag = formatTag(format.encoding);
  // Everything but integer PCM wants an extension size and the number of frames besides.
  const extended = tag !== WAV_FORMAT_TAGS.pcm;
  const formatLength = extended ? 18 : 16;
  const header = new Uint8Array(extended ? 58 : 44);
  const view = new DataView(header.buffer);
  writeText(header, 0, 'RIFF');
  view.setUint32(4, header.length - 8 + dataLength + (dataLength % 2), true);
  writeText(header, 8, 'WAVEfmt ');
  view.setUint32(16, formatLength, true);
  view.setUint16(20, tag, true);
  view.setUint16(22, format.channels, true);
  view.setUint32(24, format.sampleRate, true);
  view.setUint32(28, format.sampleRate * frameBytes, true);
  view.setUint16(32, frameBytes, true);
  view.setUint16(34, (frameBytes / format.channels) * 8, true);
  if (extended) {
    writeText(header, 38, 'fact');
    view.setUint32(42, 4, true);
    view.setUint32(46, dataLength / frameBytes, true);
  }
  writeText(header, header.length - 8, 'data');
  view.setUint32(header.length - 4, dataLength, true);
  return header;
}

function formatTag(encoding: AudioEncoding): number {
  switch (encoding) {
    case 'pcm_s16le':
      return WAV_FORMAT_TAGS.pcm;
    case 'pcm_f32le':
      return WAV_FORMAT_TAGS.float;
    case 'mulaw':
      return WAV_FORMAT_TAGS.mulaw;
    case 'alaw':
      return WAV_FORMAT_TAGS.alaw;
  }
}

function decodeToFloat(bytes: Uint8Array, format: 'u8' | 's24' | 's32' | 'f64'): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = new Float32Array(bytes.length / wavSampleBytes(format));
  for (let i = 0; i < samples.length; i++) samples[i] = sampleAt(view, i, format);
  return samples;
}

function sampleAt(view: DataView, index: number, format: 'u8' | 's24' | 's32' | 'f64'): number {
  switch (format) {
    case 'u8':
      return (view.getUint8(index) - 128) / 128;
    case 's24':
      return (view.getUint16(index * 3, true) + view.getInt8(index * 3 + 2) * 65_536) / 8_388_608;
    case 's32':
      return view.getInt32(index * 4, true) / 2_147_483_648;
    case 'f64':
      return view.getFloat64(index * 8, true);
  }
}

function writeText(bytes: Uint8Array, offset: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[offset + i] = text.charCodeAt(i);
}
