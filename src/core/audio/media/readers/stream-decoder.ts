import decode, { type StreamDecoder } from 'audio-decode';
import { describeError } from '../../../foundation/errors.ts';
import { AudioFileError } from '../../audio-file-error.ts';
import type { AudioBlock, Warn } from './media-reader.ts';

/** Decoders of audio-decode that are used, by its names. `oga` is Vorbis in Ogg; `webm` reads Matroska as well. */
export type DecoderName = 'aac' | 'flac' | 'm4a' | 'mp3' | 'oga' | 'opus' | 'webm';

/** Audio that comes this much later than its place says leaves a hole. Decoders and timestamps are coarser than it. */
const GAP_TOLERANCE_MS = 250;
/** A place further ahead than this is a broken timestamp, not a hole. */
const LONGEST_GAP_MS = 3_600_000;
/** A decoder that fails this often in a row will not recover. */
const MAX_FAILURES = 50;
const SILENCE_MS = 1000;

export interface StreamDecoderOptions {
  readonly decoder: DecoderName;
  /** What a new decoder wants first (headers, tables); called at the start and whenever decoding starts anew. */
  readonly opening?: () => Uint8Array | null;
  /** How much audio the decoder may hold back. */
  readonly latencyMs?: number;
  readonly warn: Warn;
}

/**
 * A decoder that survives damage: what it throws costs the bytes it was given, and it goes on with the next. Where the
 * bytes say when they are to be heard, missing audio becomes silence, so that what follows stays in its place.
 */
export class TimedDecoder {
  readonly #options: StreamDecoderOptions;
  #decoder: StreamDecoder | null = null;
  #decodedMs = 0;
  #sampleRate: number | null = null;
  #failures = 0;
  /** Added to places, after a jump that was no hole. */
  #shiftMs = 0;

  constructor(options: StreamDecoderOptions) {
    this.#options = options;
  }

  /** Milliseconds of audio given so far, silence for holes included. */
  get decodedMs(): number {
    return this.#decodedMs;
  }

  /**
   * @param startMs where these bytes' audio belongs; `null` behind what came before.
   * @throws {AudioFileError} `audio_file_invalid` where nothing can be decoded any more.
   */
  async *push(bytes: Uint8Array, startMs: number | null = null): AsyncGenerator<AudioBlock> {
    if (startMs !== null) yield* this.#fillGap(startMs);
    try {
      yield* this.#decode(bytes);
      this.#failures = 0;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Gives what the decoder still holds, and frees it. */
  async *finish(): AsyncGenerator<AudioBlock> {
    const decoder = this.#decoder;
    this.#decoder = null;
    if (!decoder) return;
    try {
      yield* this.#count(await decoder());
    } catch (error) {
      this.#fail(error);
    }
  }

  free(): void {
    this.#decoder?.free();
    this.#decoder = null;
  }

  async *#decode(bytes: Uint8Array): AsyncGenerator<AudioBlock> {
    if (!this.#decoder) {
      this.#decoder = await decode[this.#options.decoder]();
      const opening = this.#options.opening?.();
      if (opening) yield* this.#count(await this.#decoder(opening));
    }
    yield* this.#count(await this.#decoder(bytes));
  }

  *#count({ channelData, sampleRate }: Awaited<ReturnType<StreamDecoder>>): Generator<AudioBlock> {
    const length = channelData[0]?.length ?? 0;
    if (length === 0) return;
    this.#decodedMs += (length / sampleRate) * 1000;
    this.#sampleRate = sampleRate;
    yield { channels: channelData, sampleRate };
  }

  async *#fillGap(startMs: number): AsyncGenerator<AudioBlock> {
    const heldBack = this.#decoder ? (this.#options.latencyMs ?? 0) : 0;
    const missing = startMs + this.#shiftMs - this.#decodedMs - heldBack;
    if (missing <= GAP_TOLERANCE_MS) return;
    // What the decoder holds back comes before the hole.
    yield* this.finish();
    const gapMs = startMs + this.#shiftMs - this.#decodedMs;
    if (gapMs <= GAP_TOLERANCE_MS) return;
    if (gapMs > LONGEST_GAP_MS) {
      this.#shiftMs -= gapMs;
      return;
    }
    const sampleRate = this.#sampleRate ?? 16_000;
    let left = Math.round((gapMs / 1000) * sampleRate);
    while (left > 0) {
      const length = Math.min(left, Math.round((SILENCE_MS / 1000) * sampleRate));
      left -= length;
      yield* this.#count({ channelData: [new Float32Array(length)], sampleRate });
    }
  }

  #fail(error: unknown): void {
    this.free();
    if (error instanceof AudioFileError) throw error;
    // What the container did not tell: the decoder's own way to say that it does not know the codec.
    if (this.#decodedMs === 0 && /^Unsupported|does not support/.test(describeError(error))) {
      throw new AudioFileError('audio_file_unsupported', `This file holds audio of an unusual kind.`, {
        cause: error,
      });
    }
    this.#failures++;
    if (this.#failures >= MAX_FAILURES) {
      throw new AudioFileError(
        'audio_file_invalid',
        `The file's audio cannot be decoded (${describeError(error)}). It may be damaged; try another copy.`,
        { cause: error },
      );
    }
    this.#options.warn('Some audio is damaged and was left out.');
  }
}
