import { decodePcm } from '../../pcm.ts';
import { convertWavSamples, wavEncoding } from '../../wav.ts';
import { type WavHeader, WavHeaderParser, wavSampleBytes } from '../../wav-header.ts';
import type { FileBytes } from '../file-bytes.ts';
import type { AudioBlock, MediaReader, Warn } from './media-reader.ts';

/** Recorders of many tracks have up to this many. */
const MAX_CHANNELS = 64;
const HEADER_PIECE = 64 * 1024;
/** Frames decoded at once. */
const BLOCK_FRAMES = 16_384;

/**
 * Reads a WAV file (RIFF, RF64, BW64) of up to 64 channels.
 * @throws {AudioFileError} `audio_file_invalid`, `audio_file_unsupported`.
 */
export function openWav(file: FileBytes, warn: Warn): MediaReader {
  const parser = new WavHeaderParser<number>(MAX_CHANNELS);
  for (let position = 0; position < file.size; ) {
    const bytes = file.read(position, HEADER_PIECE);
    position += bytes.length;
    const start = parser.push(bytes);
    if (start) return new WavReader(file, start.header, position - start.audio.length, warn);
  }
  return parser.end();
}

class WavReader implements MediaReader {
  readonly format = 'wav';
  readonly durationMs: number;
  readonly #file: FileBytes;
  readonly #header: WavHeader<number>;
  readonly #start: number;
  /** Behind the last whole frame. */
  readonly #end: number;
  readonly #warn: Warn;
  readonly #cutShort: boolean;
  #position: number;

  constructor(file: FileBytes, header: WavHeader<number>, start: number, warn: Warn) {
    const { dataLength, declaredLength, sampleFormat, sampleRate, channels } = header;
    const available = file.size - start;
    // A size near 4 GB is a pipe's placeholder unless the file is as long.
    const believed =
      dataLength ?? (declaredLength > 0 && declaredLength <= available ? declaredLength : null);
    const frameBytes = wavSampleBytes(sampleFormat) * channels;
    const length = Math.min(believed ?? available, available);
    this.#file = file;
    this.#header = header;
    this.#start = start;
    this.#position = start;
    this.#end = start + length - (length % frameBytes);
    this.#warn = warn;
    this.#cutShort = believed !== null && believed > available;
    this.durationMs = ((this.#end - start) / frameBytes / sampleRate) * 1000;
  }

  get readShare(): number {
    return (this.#position - this.#start) / Math.max(1, this.#end - this.#start);
  }

  async *blocks(): AsyncGenerator<AudioBlock> {
    const { sampleFormat, sampleRate, channels } = this.#header;
    const blockBytes = BLOCK_FRAMES * wavSampleBytes(sampleFormat) * channels;
    while (this.#position < this.#end) {
      const wanted = Math.min(blockBytes, this.#end - this.#position);
      const bytes = this.#file.read(this.#position, wanted);
      const whole = bytes.subarray(
        0,
        bytes.length - (bytes.length % (wavSampleBytes(sampleFormat) * channels)),
      );
      this.#position = bytes.length < wanted ? this.#end : this.#position + wanted;
      const interleaved = decodePcm(convertWavSamples(whole, sampleFormat), wavEncoding(sampleFormat), 1);
      yield { channels: separate(interleaved, channels), sampleRate };
    }
    if (this.#cutShort) this.#warn('The file is cut short: its end is missing.');
  }
}

function separate(interleaved: Float32Array, channels: number): Float32Array[] {
  if (channels === 1) return [interleaved];
  const length = interleaved.length / channels;
  return Array.from({ length: channels }, (_, channel) => {
    const samples = new Float32Array(length);
    for (let i = 0, at = channel; i < length; i++, at += channels) samples[i] = interleaved[at] as number;
    return samples;
  });
}
