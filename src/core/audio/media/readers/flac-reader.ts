import { AudioFileError } from '../../audio-file-error.ts';
import type { FileBytes } from '../file-bytes.ts';
import { concatenate, text, u16, u24, u32 } from './bytes.ts';
import { FlacScanner } from './flac-scanner.ts';
import type { AudioBlock, MediaReader, Warn } from './media-reader.ts';
import { CUT_SHORT, TimedDecoder } from './timed-decoder.ts';

/** Samples decoded at once: silence packs into a few bytes, so bytes would be no bound. */
const BATCH_SAMPLES = 65_536;
const STREAMINFO_BYTES = 34;

interface StreamInfo {
  readonly block: Uint8Array;
  readonly minBlock: number;
  readonly sampleRate: number;
  /** 0 where the encoder did not know. */
  readonly totalSamples: number;
  /** Where the frames begin. */
  readonly framesAt: number;
}

/**
 * Reads a FLAC file. Source: RFC 9639.
 * @throws {AudioFileError} `audio_file_invalid`.
 */
export function openFlac(file: FileBytes, start: number, warn: Warn): MediaReader {
  return new FlacReader(file, readStreamInfo(file, start), warn);
}

class FlacReader implements MediaReader {
  readonly format = 'flac';
  readonly durationMs: number | null;
  readonly #file: FileBytes;
  readonly #info: StreamInfo;
  readonly #scanner: FlacScanner;
  readonly #warn: Warn;

  constructor(file: FileBytes, info: StreamInfo, warn: Warn) {
    this.durationMs = info.totalSamples > 0 ? (info.totalSamples / info.sampleRate) * 1000 : null;
    this.#file = file;
    this.#info = info;
    this.#scanner = new FlacScanner(file, info.framesAt, endOfAudio(file));
    this.#warn = warn;
  }

  get readShare(): number {
    return Math.min(1, this.#scanner.position / Math.max(1, this.#file.size));
  }

  async *blocks(): AsyncGenerator<AudioBlock> {
    const { minBlock, sampleRate, totalSamples } = this.#info;
    const decoder = new TimedDecoder({
      decoder: 'flac',
      opening: () => opening(this.#info),
      // The decoder knows a frame's end only when the next one begins.
      latencyMs: (2 * BATCH_SAMPLES * 1000) / sampleRate,
      // Frames tell their place to the sample.
      toleranceMs: 1,
      holesAreDamage: true,
      warn: this.#warn,
    });
    let end = 0;
    let origin: number | null = null;
    let batch: Uint8Array[] = [];
    let batchStart = 0;
    let batchSamples = 0;
    try {
      for (let frame = this.#scanner.next(); frame; frame = this.#scanner.next()) {
        const place = frame.variable ? frame.number : frame.number * minBlock;
        // A stream out of the middle of another goes on counting.
        origin ??= this.#scanner.skippedBytes === 0 ? place : 0;
        const start = Math.max(0, place - origin);
        if (batch.length > 0 && (start !== end || batchSamples >= BATCH_SAMPLES)) {
          yield* decoder.push(concatenate(batch), (batchStart * 1000) / sampleRate);
          // Frames that do not follow each other must not meet in the decoder.
          if (start !== end) yield* decoder.finish();
          batch = [];
        }
        if (batch.length === 0) {
          batchStart = start;
          batchSamples = 0;
        }
        batch.push(frame.bytes);
        batchSamples += frame.samples;
        end = start + frame.samples;
      }
      if (batch.length > 0) yield* decoder.push(concatenate(batch), (batchStart * 1000) / sampleRate);
      yield* decoder.finish();
    } finally {
      decoder.free();
    }
    if (this.#scanner.cutShort || end + (origin ?? 0) < totalSamples) this.#warn(CUT_SHORT);
  }
}

/** The head of a stream of unknown length: decoders must not judge by a total that a damaged file does not reach. */
function opening({ block }: StreamInfo): Uint8Array {
  const bytes = new Uint8Array(8 + STREAMINFO_BYTES);
  bytes.set([0x66, 0x4c, 0x61, 0x43, 0x80, 0, 0, STREAMINFO_BYTES]);
  bytes.set(block, 8);
  bytes[8 + 13] = (bytes[8 + 13] as number) & 0xf0;
  bytes.fill(0, 8 + 14, 8 + 18);
  return bytes;
}

/** Some taggers put ID3v1 behind everything. */
function endOfAudio(file: FileBytes): number {
  const tag = Math.max(0, file.size - 128);
  return text(file.read(tag, 3), 0, 3) === 'TAG' ? tag : file.size;
}

function readStreamInfo(file: FileBytes, start: number): StreamInfo {
  const block = file.read(start + 8, STREAMINFO_BYTES);
  const head = file.read(start, 8);
  if (text(head, 0, 4) !== 'fLaC' || ((head[4] as number) & 0x7f) !== 0 || block.length < STREAMINFO_BYTES) {
    throw invalid();
  }
  const sampleRate = u24(block, 10) >> 4;
  if (sampleRate === 0) throw invalid();
  return {
    block,
    minBlock: u16(block, 0),
    sampleRate,
    totalSamples: ((block[13] as number) & 15) * 4_294_967_296 + u32(block, 14),
    framesAt: skipMetadata(file, start + 4),
  };
}

function skipMetadata(file: FileBytes, start: number): number {
  let at = start;
  for (;;) {
    const head = file.view(at, 4);
    if (head.length < 4) throw invalid();
    const last = (head[0] as number) & 0x80;
    at += 4 + u24(head, 1);
    if (last) return at;
  }
}

function invalid(): AudioFileError {
  return new AudioFileError(
    'audio_file_invalid',
    'This FLAC file ends, or is damaged, before its audio begins. Check that it was copied whole.',
  );
}
