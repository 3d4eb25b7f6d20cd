import { type AudioEncoding, bytesPerPosition, bytesPerSample } from '../protocol/encodings.ts';
import { compressAlaw, compressMulaw, expandAlaw, expandMulaw } from './g711.ts';

const INT16_SCALE = 32768;

/** One float for each of the 256 bytes. */
function decodeTable(expand: (byte: number) => number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, byte) => expand(byte) / INT16_SCALE);
}

const mulawTable = decodeTable(expandMulaw);
const alawTable = decodeTable(expandAlaw);

/** Bytes of one frame: one sample of every channel. */
export function bytesPerFrame(encoding: AudioEncoding, channels: 1 | 2): number {
  return bytesPerPosition({ encoding, channels });
}

/**
 * Decodes little-endian PCM or G.711 to mono floats, -1 to 1. Stereo (interleaved) is mixed down to the
 * mean of its channels. Floats that are no number become 0, and what lies outside the range is clamped:
 * both come from broken drivers, and one NaN would stay in a recursive filter forever.
 *
 * @param bytes whole frames; may start at any offset of its buffer.
 * @returns one sample a frame, in a new array.
 * @throws {RangeError} when `bytes` ends inside a frame; callers check that with {@link bytesPerFrame}.
 */
export function decodePcm(bytes: Uint8Array, encoding: AudioEncoding, channels: 1 | 2): Float32Array {
  const frameBytes = bytesPerFrame(encoding, channels);
  if (bytes.length % frameBytes !== 0) {
    throw new RangeError(
      `${bytes.length} bytes are not a whole number of ${frameBytes}-byte frames (${encoding}, ${channels} channel${channels === 2 ? 's' : ''}); send whole frames.`,
    );
  }
  const samples = decodeSamples(bytes, encoding);
  return channels === 2 ? mixDown(samples) : samples;
}

/**
 * Encodes floats, -1 to 1 (clamped; no number becomes 0), as little-endian PCM or G.711.
 *
 * @param samples interleaved where there are several channels.
 * @returns `samples.length` × {@link bytesPerFrame}(encoding, 1) bytes.
 */
export function encodePcm(samples: Float32Array, encoding: AudioEncoding): Uint8Array {
  const bytes = new Uint8Array(samples.length * bytesPerSample(encoding));
  switch (encoding) {
    case 'pcm_f32le': {
      const view = new DataView(bytes.buffer);
      for (let i = 0; i < samples.length; i++) view.setFloat32(i * 4, clean(samples[i] as number), true);
      return bytes;
    }
    case 'pcm_s16le': {
      const view = new DataView(bytes.buffer);
      for (let i = 0; i < samples.length; i++) view.setInt16(i * 2, toInt16(samples[i] as number), true);
      return bytes;
    }
    case 'mulaw':
      for (let i = 0; i < samples.length; i++) bytes[i] = compressMulaw(toInt16(samples[i] as number));
      return bytes;
    case 'alaw':
      for (let i = 0; i < samples.length; i++) bytes[i] = compressAlaw(toInt16(samples[i] as number));
      return bytes;
  }
}

function decodeSamples(bytes: Uint8Array, encoding: AudioEncoding): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = new Float32Array(bytes.length / bytesPerSample(encoding));
  switch (encoding) {
    case 'pcm_s16le':
      for (let i = 0; i < samples.length; i++) samples[i] = view.getInt16(i * 2, true) / INT16_SCALE;
      return samples;
    case 'pcm_f32le':
      for (let i = 0; i < samples.length; i++) samples[i] = clean(view.getFloat32(i * 4, true));
      return samples;
    case 'mulaw':
      for (let i = 0; i < samples.length; i++) samples[i] = mulawTable[bytes[i] as number] as number;
      return samples;
    case 'alaw':
      for (let i = 0; i < samples.length; i++) samples[i] = alawTable[bytes[i] as number] as number;
      return samples;
  }
}

function mixDown(interleaved: Float32Array): Float32Array {
  const mono = new Float32Array(interleaved.length / 2);
  for (let i = 0; i < mono.length; i++) {
    mono[i] = ((interleaved[2 * i] as number) + (interleaved[2 * i + 1] as number)) / 2;
  }
  return mono;
}

/** Within -1 to 1; NaN and the infinities become 0. */
function clean(sample: number): number {
  if (!Number.isFinite(sample)) return 0;
  return Math.max(-1, Math.min(1, sample));
}

function toInt16(sample: number): number {
  return Math.min(32767, Math.round(clean(sample) * INT16_SCALE));
}
