import decode, { type StreamDecoder } from 'audio-decode';
import { describeError } from '../../../foundation/errors.ts';
import { AudioFileError } from '../../audio-file-error.ts';
import { flacSamplesIn } from './flac-frame.ts';
import type { AudioBlock, Warn } from './media-reader.ts';

/** Decoders of audio-decode that are used, by its names. `oga` is Vorbis in Ogg; `webm` reads Matroska as well. */
export type DecoderName = 'aac' | 'flac' | 'm4a' | 'mp3' | 'oga' | 'opus' | 'webm';

/** A place further ahead than this is a broken timestamp, not a hole. */
const LONGEST_GAP_MS = 3_600_000;
/** Encoder delay that a decoder drops and the file does not tell is no longer than this. */
const LONGEST_DELAY_MS = 130;
/** A decoder that fails this often in a row will not recover. */
const MAX_FAILURES = 50;
const SILENCE_MS = 1000;
/**
 * Of all channels: 32 MB once decoded, more than a batch of honest frames ever is. A frame of silence packs 20,000 times
 * smaller than it plays, and decoders unpack all that they are given before anyone can count.
 */
const MAX_FLAC_SAMPLES = 8 * 1024 * 1024;
/** Rate of silence where nothing was heard yet. */
const DEFAULT_RATE = 16_000;

export interface TimedDecoderOptions {
  readonly decoder: DecoderName;
  /** What a new decoder wants first (headers, tables); called at the start and whenever decoding starts anew. */
  readonly opening?: () => Uint8Array | null;
  /** How much audio the decoder may hold back from push to push. */
  readonly latencyMs?: number;
  /** Missing audio up to this is no hole. Default: 60 ms, a few frames. */
  readonly toleranceMs?: number;
  /** Whether a hole between the places of bytes can only be damage. Default: the recording may have paused. */
  readonly holesAreDamage?: boolean;
  /** Whether the bytes hold FLAC, whatever container it is in: then what they unpack to is bounded. */
  readonly holdsFlac?: boolean;
  readonly warn: Warn;
}

/**
 * A decoder that survives damage: what it throws costs the bytes it was given, and it goes on with the next. Where the
 * bytes say when they are to be heard, missing audio becomes silence, so that what follows stays in its place.
 */
export class TimedDecoder {
  readonly #options: TimedDecoderOptions;
  readonly #toleranceMs: number;
  #decoder: StreamDecoder | null = null;
  #decodedMs = 0;
  #sampleRate: number | null = null;
  #failures = 0;
  /** Samples that were given already. */
  #discard = 0;
  #timedPushes = 0;
  /** Between places and what was decoded, when all is well: the encoder's delay, and jumps that were no hole. */
  #lagMs = 0;

  constructor(options: TimedDecoderOptions) {
    this.#options = options;
    this.#toleranceMs = options.toleranceMs ?? 60;
  }

  /** Milliseconds of audio given so far, silence for holes included. */
  get decodedMs(): number {
    return this.#decodedMs;
  }

  /**
   * @param startMs where these bytes' audio belongs; `null` behind what came before.
   * @throws {AudioFileError} `audio_file_invalid` where nothing can be decoded any more, `audio_file_unsupported`.
   */
  async *push(bytes: Uint8Array, startMs: number | null = null): AsyncGenerator<AudioBlock> {
    if (startMs !== null) yield* this.#fillTo(startMs);
    yield* this.#decode(bytes);
  }

  /** Like {@link push} for bytes that follow a hole, of which only the end's place is known. */
  async *pushBehindHole(bytes: Uint8Array, endMs: number): AsyncGenerator<AudioBlock> {
    yield* this.finish();
    const before = this.#decodedMs;
    const blocks: AudioBlock[] = [];
    for await (const block of this.#decode(bytes)) blocks.push(block);
    for await (const block of this.finish()) blocks.push(block);
    const startMs = endMs - (this.#decodedMs - before);
    this.#decodedMs = before;
    yield* this.fill(startMs - before);
    for (const block of blocks) yield* this.#count(block);
    // Frames lean on those before them: the decoder that goes on must have seen these bytes too.
    this.#discard = blocks.reduce((sum, { channels }) => sum + (channels[0]?.length ?? 0), 0);
    yield* this.#decode(bytes);
  }

  /** Silence, where audio is missing. */
  *fill(durationMs: number): Generator<AudioBlock> {
    if (durationMs > LONGEST_GAP_MS) return;
    const sampleRate = this.#sampleRate ?? DEFAULT_RATE;
    for (let left = Math.round((durationMs * sampleRate) / 1000); left > 0; ) {
      const length = Math.min(left, Math.round((SILENCE_MS * sampleRate) / 1000));
      left -= length;
      yield* this.#count({ channels: [new Float32Array(length)], sampleRate });
    }
  }

  /** Gives what the decoder still holds, and frees it. The next bytes start a new one. */
  async *finish(): AsyncGenerator<AudioBlock> {
    const decoder = this.#decoder;
    this.#decoder = null;
    if (!decoder) return;
    try {
      yield* this.#blockOf(await decoder());
    } catch (error) {
      this.#fail(error);
    }
  }

  free(): void {
    this.#decoder?.free();
    this.#decoder = null;
  }

  async *#decode(bytes: Uint8Array): AsyncGenerator<AudioBlock> {
    try {
      if (this.#options.holdsFlac && flacSamplesIn(bytes) > MAX_FLAC_SAMPLES) {
        throw new Error('too much audio in too few bytes');
      }
      if (!this.#decoder) {
        this.#decoder = await decode[this.#options.decoder]();
        const opening = this.#options.opening?.();
        if (opening) yield* this.#blockOf(await this.#decoder(opening));
      }
      yield* this.#blockOf(await this.#decoder(bytes));
      this.#failures = 0;
    } catch (error) {
      this.#fail(error);
    }
  }

  *#blockOf({ channelData, sampleRate }: Awaited<ReturnType<StreamDecoder>>): Generator<AudioBlock> {
    const length = channelData[0]?.length ?? 0;
    const from = Math.min(length, this.#discard);
    this.#discard -= from;
    if (length === from) return;
    yield* this.#count({ channels: channelData.map((channel) => channel.subarray(from)), sampleRate });
  }

  *#count(block: AudioBlock): Generator<AudioBlock> {
    this.#decodedMs += ((block.channels[0]?.length ?? 0) / block.sampleRate) * 1000;
    this.#sampleRate = block.sampleRate;
    yield block;
  }

  async *#fillTo(startMs: number): AsyncGenerator<AudioBlock> {
    const heldBackMs = this.#decoder ? (this.#options.latencyMs ?? 0) : 0;
    const lagMs = startMs - this.#decodedMs;
    this.#timedPushes++;
    // The second push shows the encoder's delay, where decoders drop it and the file does not tell it.
    if (this.#timedPushes === 2 && this.#decoder && lagMs > 0 && lagMs <= LONGEST_DELAY_MS)
      this.#lagMs = lagMs;
    if (lagMs - this.#lagMs - heldBackMs <= this.#toleranceMs) return;
    // What the decoder holds back comes before the hole.
    yield* this.finish();
    const holeMs = startMs - this.#decodedMs - this.#lagMs;
    if (holeMs <= this.#toleranceMs) return;
    if (holeMs > LONGEST_GAP_MS) this.#lagMs += holeMs;
    else if (this.#options.holesAreDamage) this.#options.warn(DAMAGED);
    yield* this.fill(holeMs);
  }

  #fail(error: unknown): void {
    this.free();
    if (error instanceof AudioFileError) throw error;
    // What the container did not tell: the decoder's own way to say that it does not know the codec.
    if (this.#decodedMs === 0 && /^Unsupported|does not support/.test(describeError(error))) {
      throw new AudioFileError('audio_file_unsupported', 'This file holds audio of an unusual kind.', {
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
    this.#options.warn(DAMAGED);
  }
}

/** Said wherever audio is lost that should have been there. */
export const DAMAGED = 'Parts of the file are damaged; they are silence here.';
/** Said where the file ends before its audio does. */
export const CUT_SHORT = 'The file is cut short: its end is missing.';
