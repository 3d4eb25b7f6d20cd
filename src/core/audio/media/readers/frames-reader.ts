import type { FileBytes } from '../file-bytes.ts';
import { text, u32 } from './bytes.ts';
import { type FrameHeader, type ParseFrameHeader, parseAdtsHeader, parseMpegHeader } from './frame-header.ts';
import { FrameScanner, type ScannedFrame } from './frame-scanner.ts';
import type { AudioBlock, MediaReader, Warn } from './media-reader.ts';
import { CUT_SHORT, TimedDecoder } from './timed-decoder.ts';

/** Decoded at once: about a second. */
const BATCH_FRAMES = 40;
/** Programs end a file inside its last frame so often that it says nothing; more than this missing does. */
const MISSING_FRAMES = 3;

/** Reads an MP3 file (or MPEG audio of layer I or II), wherever in it the first frame stands. */
export function openMp3(file: FileBytes, start: number, warn: Warn): MediaReader {
  const first = new FrameScanner(file, parseMpegHeader, start).next();
  const info = first && readInfoFrame(file, first);
  return new FramesReader(file, start, warn, {
    format: 'mp3',
    decoder: 'mp3',
    parse: parseMpegHeader,
    frames: info?.frames ?? null,
    durationMs: info?.durationMs ?? null,
  });
}

/** Reads AAC in ADTS. Such a file does not say how long it is. */
export function openAdts(file: FileBytes, start: number, warn: Warn): MediaReader {
  return new FramesReader(file, start, warn, {
    format: 'aac',
    decoder: 'aac',
    parse: parseAdtsHeader,
    frames: null,
    durationMs: null,
  });
}

interface FramesKind {
  readonly format: string;
  readonly decoder: 'mp3' | 'aac';
  readonly parse: ParseFrameHeader;
  /** Frames the file says it has, the one that says so included. */
  readonly frames: number | null;
  readonly durationMs: number | null;
}

class FramesReader implements MediaReader {
  readonly format: string;
  readonly durationMs: number | null;
  readonly #file: FileBytes;
  readonly #kind: FramesKind;
  readonly #scanner: FrameScanner;
  readonly #warn: Warn;
  /** Behind a stretch that was skipped. */
  #held: ScannedFrame | null = null;
  #frameBytes = 0;
  #frameMs = 0;

  constructor(file: FileBytes, start: number, warn: Warn, kind: FramesKind) {
    this.format = kind.format;
    this.durationMs = kind.durationMs;
    this.#file = file;
    this.#kind = kind;
    this.#warn = warn;
    this.#scanner = new FrameScanner(file, kind.parse, start);
  }

  get readShare(): number {
    return Math.min(1, this.#scanner.position / Math.max(1, this.#file.size));
  }

  async *blocks(): AsyncGenerator<AudioBlock> {
    const decoder = new TimedDecoder({ decoder: this.#kind.decoder, warn: this.#warn });
    let found = 0;
    try {
      for (let batch = this.#batch(); batch.length > 0; batch = this.#batch()) {
        found += batch.length;
        yield* this.#silenceFor(batch[0]?.skippedBytes ?? 0, decoder);
        yield* decoder.push(this.#bytesOf(batch));
      }
      yield* decoder.finish();
    } finally {
      decoder.free();
    }
    const { cutShort, damaged } = this.#scanner;
    const missing = (this.#kind.frames ?? found) - found;
    if (cutShort || (!damaged && missing > MISSING_FRAMES)) this.#warn(CUT_SHORT);
    if (damaged) {
      this.#warn(
        'Parts of the file are damaged; they are silence here, and times behind them are estimates.',
      );
    }
  }

  /** Frames in a row; what was skipped stands before the first of them. */
  #batch(): ScannedFrame[] {
    const frames = this.#held ? [this.#held] : [];
    this.#held = null;
    while (frames.length < BATCH_FRAMES) {
      const frame = this.#scanner.next();
      if (!frame) break;
      if (frame.skippedBytes > 0 && frames.length > 0) {
        this.#held = frame;
        break;
      }
      frames.push(frame);
    }
    for (const { length, samples, sampleRate } of frames) {
      this.#frameBytes += length;
      this.#frameMs += (samples / sampleRate) * 1000;
    }
    return frames;
  }

  /** As long as skipped bytes would have lasted: the file knows no times, so what follows is put where it belongs. */
  async *#silenceFor(skippedBytes: number, decoder: TimedDecoder): AsyncGenerator<AudioBlock> {
    if (skippedBytes === 0) return;
    yield* decoder.finish();
    yield* decoder.fill(skippedBytes * (this.#frameMs / this.#frameBytes));
  }

  #bytesOf(frames: readonly ScannedFrame[]): Uint8Array {
    const bytes = new Uint8Array(frames.reduce((sum, frame) => sum + frame.length, 0));
    let filled = 0;
    for (const { position, length } of frames) {
      bytes.set(this.#file.view(position, length), filled);
      filled += length;
    }
    return bytes;
  }
}

interface InfoFrame {
  readonly frames: number;
  readonly durationMs: number;
}

/**
 * The first frame of most MP3 files holds no audio but the number of frames, and with `LAME` the encoder's delay.
 * Source: the Xing header (gabriel.mp3-tech.org/mp3infotag.html) and Fraunhofer's VBRI.
 */
function readInfoFrame(file: FileBytes, first: FrameHeader & { position: number }): InfoFrame | null {
  const bytes = file.view(first.position, 256);
  const mono = (bytes[3] ?? 0) >> 6 === 3;
  const isMpeg1 = first.sampleRate >= 32_000;
  const at = 4 + (isMpeg1 ? (mono ? 17 : 32) : mono ? 9 : 17);
  const tag = text(bytes, at, 4);
  let frames = 0;
  let trimmed = 0;
  if ((tag === 'Xing' || tag === 'Info') && u32(bytes, at + 4) & 1) {
    const flags = u32(bytes, at + 4);
    frames = u32(bytes, at + 8);
    const fields = (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);
    const lame = at + 8 + fields;
    const delays = lame + 21;
    if (/^(LAME|Lav[cf])/.test(text(bytes, lame, 4))) {
      const [a = 0, b = 0, c = 0] = bytes.subarray(delays, delays + 3);
      trimmed = ((a << 4) | (b >> 4)) + (((b & 15) << 8) | c);
    }
  } else if (text(bytes, 36, 4) === 'VBRI') {
    frames = u32(bytes, 36 + 14);
  }
  if (frames === 0) return null;
  const samples = frames * first.samples - trimmed;
  return { frames: frames + 1, durationMs: Math.max(0, (samples / first.sampleRate) * 1000) };
}
