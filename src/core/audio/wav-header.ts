import { AudioFileError } from './audio-file-error.ts';

/** How samples lie in a WAV file. All little-endian; 8-bit integers are unsigned, the others signed. */
export type WavSampleFormat = 'u8' | 's16' | 's24' | 's32' | 'f32' | 'f64' | 'mulaw' | 'alaw';

/** What a WAV file says about its audio. */
export interface WavHeader<Channels extends number = 1 | 2> {
  readonly sampleFormat: WavSampleFormat;
  /** Hz, above 0. */
  readonly sampleRate: number;
  readonly channels: Channels;
  /** Bytes of audio; `null` where the writer did not know (a pipe): it goes on to the end. */
  readonly dataLength: number | null;
  /** What the file says of that, though it may be the placeholder of a writer that did not know. */
  readonly declaredLength: number;
}

/** Where the header ended. */
export interface WavStart<Channels extends number = 1 | 2> {
  readonly header: WavHeader<Channels>;
  /** The first bytes of the audio, as far as they have arrived. Whatever follows `dataLength` is not audio. */
  readonly audio: Uint8Array;
}

export const WAV_FORMAT_TAGS = { pcm: 1, float: 3, alaw: 6, mulaw: 7, extensible: 0xfffe } as const;

/** Sizes from here on are placeholders of programs that write to a pipe (ffmpeg, sox, arecord). */
const STREAMED_LENGTH = 0x7fff_0000;
/** A format or size chunk is at most 40 bytes in practice; more than this is no header. */
const MAX_PARSED_CHUNK = 4096;
/** Bytes 2 to 15 of a WAVE_FORMAT_EXTENSIBLE sub-format whose first two are an ordinary format tag. */
const SUBFORMAT_TAIL = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

type Format = Omit<WavHeader<number>, 'dataLength' | 'declaredLength'>;

type ParserState =
  | { readonly name: 'riff' }
  | { readonly name: 'chunk' }
  | { readonly name: 'format'; readonly length: number }
  | { readonly name: 'long-sizes'; readonly length: number }
  | { readonly name: 'skip'; remaining: number }
  | { readonly name: 'done' };

/**
 * Reads the header of a WAV file that arrives in pieces, as on standard input. Chunks that are not needed
 * (LIST, JUNK, …) are skipped without being kept, so memory is bounded whatever arrives. RF64 is understood.
 * Source: Multimedia Programming Interface and Data Specifications 1.0 (RIFF), RFC 2361 (format tags),
 * EBU Tech 3306 (RF64), ITU-R BS.2088 (BW64).
 */
export class WavHeaderParser<Channels extends number = 1 | 2> {
  readonly #maxChannels: number;
  #state: ParserState = { name: 'riff' };
  #pending: Uint8Array = new Uint8Array(0);
  #format: Format | null = null;
  /** The data chunk's length out of an RF64 file's `ds64`. */
  #longDataLength: number | null = null;

  /** @param maxChannels more are refused; what sessions accept unless told. */
  constructor(maxChannels: Channels = 2 as Channels) {
    this.#maxChannels = maxChannels;
  }

  /**
   * Takes the next bytes.
   * @returns the header and the audio behind it once it is complete, `null` until then.
   * @throws {AudioFileError} when this is no WAV file or not one that can be read here.
   */
  push(bytes: Uint8Array): WavStart<Channels> | null {
    this.#pending = concatenate(this.#pending, bytes);
    for (;;) {
      switch (this.#state.name) {
        case 'riff': {
          const head = this.#take(12);
          if (head === null) return null;
          checkRiff(head);
          this.#state = { name: 'chunk' };
          break;
        }
        case 'chunk': {
          const head = this.#take(8);
          if (head === null) return null;
          const id = textAt(head, 0);
          const length = viewOf(head).getUint32(4, true);
          if (id === 'data') return this.#finish(length);
          this.#state = stateForChunk(id, length);
          break;
        }
        case 'format': {
          const chunk = this.#take(padded(this.#state.length));
          if (chunk === null) return null;
          this.#format = parseFormat(chunk.subarray(0, this.#state.length), this.#maxChannels);
          this.#state = { name: 'chunk' };
          break;
        }
        case 'long-sizes': {
          const chunk = this.#take(padded(this.#state.length));
          if (chunk === null) return null;
          if (chunk.length < 16) throw invalid('its table of sizes is cut short');
          this.#longDataLength = Number(viewOf(chunk).getBigUint64(8, true));
          this.#state = { name: 'chunk' };
          break;
        }
        case 'skip': {
          const skipped = this.#pending.subarray(0, this.#state.remaining);
          this.#pending = this.#pending.subarray(skipped.length);
          this.#state.remaining -= skipped.length;
          if (this.#state.remaining > 0) return null;
          this.#state = { name: 'chunk' };
          break;
        }
        case 'done':
          throw new Error('The header was complete; its audio goes elsewhere.');
      }
    }
  }

  /**
   * Says that no more bytes come, when {@link push} has given no header so far.
   * @throws {AudioFileError} always, with what is missing.
   */
  end(): never {
    if (this.#state.name === 'riff' && this.#pending.length === 0) throw invalid('it is empty');
    if (this.#state.name === 'riff') checkRiff(this.#pending);
    throw invalid('it ends before its audio begins');
  }

  #finish(length: number): WavStart<Channels> {
    if (this.#format === null) throw invalid('its audio comes before the description of its format');
    const audio = this.#pending;
    this.#pending = new Uint8Array(0);
    this.#state = { name: 'done' };
    const known = this.#longDataLength ?? (length === 0 || length >= STREAMED_LENGTH ? null : length);
    return {
      header: {
        ...this.#format,
        channels: this.#format.channels as Channels,
        dataLength: known === 0 ? null : known,
        declaredLength: this.#longDataLength ?? length,
      },
      audio,
    };
  }

  #take(length: number): Uint8Array | null {
    if (this.#pending.length < length) return null;
    const taken = this.#pending.subarray(0, length);
    this.#pending = this.#pending.subarray(length);
    return taken;
  }
}

/**
 * Reads the header of a whole WAV file.
 * @throws {AudioFileError} when this is no WAV file or not one that can be read here.
 */
export function parseWavHeader(bytes: Uint8Array): WavStart {
  const parser = new WavHeaderParser();
  return parser.push(bytes) ?? parser.end();
}

/** Bytes of one sample of one channel. */
export function wavSampleBytes(format: WavSampleFormat): number {
  const bytes = { u8: 1, mulaw: 1, alaw: 1, s16: 2, s24: 3, s32: 4, f32: 4, f64: 8 };
  return bytes[format];
}

function stateForChunk(id: string, length: number): ParserState {
  if (id !== 'fmt ' && id !== 'ds64') return { name: 'skip', remaining: padded(length) };
  if (length > MAX_PARSED_CHUNK) throw invalid(`its \`${id.trim()}\` chunk is ${length} bytes long`);
  return { name: id === 'fmt ' ? 'format' : 'long-sizes', length };
}

function checkRiff(head: Uint8Array): void {
  const magic = textAt(head, 0);
  if (magic === 'RIFX') {
    throw unsupported('is a big-endian WAV file (RIFX)');
  }
  const isWav = ['RIFF', 'RF64', 'BW64'].includes(magic) && textAt(head, 8) === 'WAVE';
  if (!isWav && head.length >= 12) throw invalid('it does not start with RIFF and WAVE');
}

function parseFormat(chunk: Uint8Array, maxChannels: number): Format {
  if (chunk.length < 16) throw invalid('the description of its format is cut short');
  const view = viewOf(chunk);
  const channels = view.getUint16(2, true);
  const sampleRate = view.getUint32(4, true);
  const frameBytes = view.getUint16(12, true);
  let tag = view.getUint16(0, true);
  if (tag === WAV_FORMAT_TAGS.extensible) {
    if (chunk.length < 40) throw invalid('the description of its format is cut short');
    if (!SUBFORMAT_TAIL.every((byte, index) => chunk[26 + index] === byte)) {
      throw unsupported('holds audio in a private format');
    }
    tag = view.getUint16(24, true);
  }
  if (channels === 0 || sampleRate === 0)
    throw invalid('it claims to have no channels, or no samples a second');
  if (channels > maxChannels) throw unsupported(`has ${channels} channels`);
  const sampleFormat = sampleFormatOf(tag, frameBytes / channels);
  if (sampleFormat === null) {
    const name = `0x${tag.toString(16).padStart(4, '0')}`;
    throw unsupported(`holds audio of format ${name} with ${frameBytes} bytes for ${channels} channel(s)`);
  }
  return { sampleFormat, sampleRate, channels };
}

/** By the container's size: 20-bit samples in 3 bytes are left-justified and read as 24-bit ones. */
function sampleFormatOf(tag: number, sampleBytes: number): WavSampleFormat | null {
  const formats: Readonly<Record<string, WavSampleFormat>> = {
    [`${WAV_FORMAT_TAGS.pcm}/1`]: 'u8',
    [`${WAV_FORMAT_TAGS.pcm}/2`]: 's16',
    [`${WAV_FORMAT_TAGS.pcm}/3`]: 's24',
    [`${WAV_FORMAT_TAGS.pcm}/4`]: 's32',
    [`${WAV_FORMAT_TAGS.float}/4`]: 'f32',
    [`${WAV_FORMAT_TAGS.float}/8`]: 'f64',
    [`${WAV_FORMAT_TAGS.mulaw}/1`]: 'mulaw',
    [`${WAV_FORMAT_TAGS.alaw}/1`]: 'alaw',
  };
  return formats[`${tag}/${sampleBytes}`] ?? null;
}

/** Chunks are padded to an even length. */
function padded(length: number): number {
  return length + (length % 2);
}

function textAt(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + 4));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function concatenate(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

function invalid(reason: string): AudioFileError {
  return new AudioFileError(
    'audio_file_invalid',
    `This is not a readable WAV file: ${reason}. Check that the right file was given and that it was copied whole.`,
  );
}

function unsupported(what: string): AudioFileError {
  return new AudioFileError(
    'audio_file_unsupported',
    `This file ${what}. Convert it first, for example: ffmpeg -i input.wav -ac 1 -c:a pcm_s16le output.wav`,
  );
}
