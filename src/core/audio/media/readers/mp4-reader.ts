import { AudioFileError } from '../../audio-file-error.ts';
import type { FileBytes } from '../file-bytes.ts';
import { concatenate, text, u32 } from './bytes.ts';
import type { AudioBlock, MediaReader, Warn } from './media-reader.ts';
import { topLevelBoxes, wrapBox } from './mp4-boxes.ts';
import { readFragments } from './mp4-fragments.ts';
import { type Mp4Edit, type Mp4Track, readMp4Track } from './mp4-track.ts';
import { CUT_SHORT, DAMAGED, TimedDecoder } from './timed-decoder.ts';

/** Indexes of long videos reach tens of megabytes. */
const MAX_MOOV_BYTES = 256 * 1024 * 1024;
/** Tags with pictures are not worth keeping. */
const MAX_TAGS_BYTES = 16 * 1024 * 1024;
/** Decoded at once: about a second of AAC. */
const BATCH_SAMPLES = 40;
const BATCH_BYTES = 256 * 1024;
/** Less may be an encoder's delay. */
const LOST_MS = 100;
/** A longer pause before the track begins is a damaged number. */
const LONGEST_PAUSE_MS = 3_600_000;

/**
 * Reads the first sound track of an MP4, M4A, 3GP or QuickTime file, wherever its index stands (phones write it last)
 * and whatever else is in it: only the track's own bytes are read, and what the decoder sees is a small file with the
 * index in front.
 * @throws {AudioFileError} `audio_file_without_audio`, `audio_file_unsupported`, `audio_file_invalid`.
 */
export function openMp4(file: FileBytes, warn: Warn): MediaReader {
  const track = readMp4Track(readIndex(file), file.size);
  if (track.fragments && track.samples.count === 0) readFragments(file, track, track.fragments);
  if (track.samples.count === 0) throw invalid('its sound track is empty');
  return new Mp4Reader(file, track, warn);
}

class Mp4Reader implements MediaReader {
  readonly format: string;
  readonly durationMs: number | null;
  readonly #file: FileBytes;
  readonly #track: Mp4Track;
  readonly #warn: Warn;
  #next = 0;

  constructor(file: FileBytes, track: Mp4Track, warn: Warn) {
    this.format = formatOf(file);
    this.durationMs = durationMs(track);
    this.#file = file;
    this.#track = track;
    this.#warn = warn;
  }

  get readShare(): number {
    return this.#next / this.#track.samples.count;
  }

  async *blocks(): AsyncGenerator<AudioBlock> {
    const { samples } = this.#track;
    const timeline = new Mp4Timeline(this.#track);
    let batchStart = 0;
    const decoder = new TimedDecoder({
      decoder: 'm4a',
      opening: () => decoderHeader(this.#track, batchStart),
      // A frame's end shows only when the next begins.
      latencyMs: this.#track.codec === 'fLaC' ? 10_000 : 0,
      holesAreDamage: true,
      holdsFlac: this.#track.codec === 'fLaC',
      warn: this.#warn,
    });
    let cutShort = false;
    try {
      yield* silence(timeline.pauseMs);
      while (this.#next < samples.count && !cutShort) {
        batchStart = this.#next;
        const startMs = timeline.startMs(batchStart);
        const bytes = this.#readBatch();
        cutShort = this.#next < samples.count && this.#next === batchStart;
        if (bytes.length > 0) yield* decoder.push(bytes, startMs);
      }
      yield* decoder.finish();
    } finally {
      decoder.free();
    }
    if (cutShort || endsInsideBox(this.#file)) this.#warn(CUT_SHORT);
    else if (timeline.endMs - decoder.decodedMs > LOST_MS) this.#warn(DAMAGED);
  }

  /** The next samples, neighbours in one go; less than a batch, or nothing, where the file ends. */
  #readBatch(): Uint8Array {
    const { samples } = this.#track;
    const runs: { position: number; length: number }[] = [];
    const first = this.#next;
    let length = 0;
    for (; this.#next < samples.count && this.#next - first < BATCH_SAMPLES; this.#next++) {
      const position = samples.offset(this.#next);
      const size = samples.size(this.#next);
      if (position + size > this.#file.size || (length > 0 && length + size > BATCH_BYTES)) break;
      const run = runs.at(-1);
      if (run && run.position + run.length === position) run.length += size;
      else runs.push({ position, length: size });
      length += size;
    }
    return concatenate(runs.map((run) => this.#file.read(run.position, run.length)));
  }
}

/** When samples are heard. */
class Mp4Timeline {
  /** Silence before the track begins. */
  readonly pauseMs: number;
  readonly #starts: Iterator<number>;
  readonly #timescale: number;
  readonly #edit: Mp4Edit | null;
  readonly #lengthMs: number;
  /** When the last sample ends, counted behind {@link pauseMs}; 0 where that cannot be said. */
  readonly endMs: number;
  #index = -1;
  #start = 0;

  constructor({ edits, samples, timescale, movieTimescale }: Mp4Track) {
    const media = edits.filter((edit) => edit.start !== null);
    const [first] = edits;
    const pause = media.length === 1 && first?.start === null ? first.duration : 0;
    this.pauseMs = movieTimescale > 0 ? (pause * 1000) / movieTimescale : 0;
    this.#starts = samples.starts();
    this.#timescale = timescale;
    // Several edits cut or repeat the track; the decoder then gives all of it, and times say nothing.
    this.#edit = media.length > 1 ? null : (media[0] ?? { start: 0, duration: 0 });
    const length = this.#edit && movieTimescale > 0 ? (this.#edit.duration * 1000) / movieTimescale : 0;
    this.#lengthMs = length > 0 ? length : Number.POSITIVE_INFINITY;
    const mediaMs = ((samples.duration - (this.#edit?.start ?? samples.duration)) * 1000) / timescale;
    this.endMs = Math.min(this.#lengthMs, Math.max(0, mediaMs));
  }

  /**
   * When the sample is heard, counted behind {@link pauseMs}; `null` where that cannot be said.
   * @param index rises from call to call.
   */
  startMs(index: number): number | null {
    for (; this.#index < index; this.#index++) this.#start = this.#starts.next().value as number;
    if (this.#edit?.start == null) return null;
    const ms = ((this.#start - this.#edit.start) * 1000) / this.#timescale;
    // What lies outside the edit is decoded, and dropped.
    return ms < 0 || ms > this.#lengthMs ? null : ms;
  }
}

/** The content of `moov`. */
function readIndex(file: FileBytes): Uint8Array {
  for (const box of topLevelBoxes(file)) {
    if (box.type !== 'moov') continue;
    if (box.length > MAX_MOOV_BYTES) throw invalid('its index is damaged');
    const moov = file.read(box.position + box.headerLength, box.length - box.headerLength);
    if (moov.length < box.length - box.headerLength) throw invalid('its index is cut short');
    return moov;
  }
  throw invalid('its index (moov) is missing, as after an interrupted recording or download');
}

/** Whether the last box claims more than the file holds. */
function endsInsideBox(file: FileBytes): boolean {
  let end = 0;
  for (const box of topLevelBoxes(file)) end = box.position + box.length;
  return end > file.size;
}

/** A movie of nothing but the samples from `first` on, all in a row behind it. */
function decoderHeader(track: Mp4Track, first: number): Uint8Array {
  const { boxes, samples } = track;
  const count = samples.count - first;
  const stsz = new Uint8Array(12 + count * 4);
  const sizes = new DataView(stsz.buffer);
  sizes.setUint32(8, count);
  for (let i = 0; i < count; i++) sizes.setUint32(12 + i * 4, samples.size(first + i));
  const withOffset = (offset: number): Uint8Array => {
    const optional = (type: string, content: Uint8Array | null) => (content ? [wrapBox(type, content)] : []);
    // Encoder delay and edits belong to the beginning.
    const atStart = (type: string, content: Uint8Array | null) =>
      first === 0 ? optional(type, content) : [];
    const tags = boxes.udta && boxes.udta.length <= MAX_TAGS_BYTES ? boxes.udta : null;
    const stbl = wrapBox(
      'stbl',
      wrapBox('stsd', boxes.stsd),
      ...optional('stts', boxes.stts),
      wrapBox('stsz', stsz),
      wrapBox('stsc', words(0, 1, 1, count, 1)),
      wrapBox('stco', words(0, 1, offset)),
    );
    const mdia = wrapBox(
      'mdia',
      wrapBox('mdhd', boxes.mdhd),
      ...optional('hdlr', boxes.hdlr),
      wrapBox('minf', stbl),
    );
    const trak = wrapBox('trak', ...optional('tkhd', boxes.tkhd), ...atStart('edts', boxes.edts), mdia);
    const moov = wrapBox('moov', ...optional('mvhd', boxes.mvhd), trak, ...atStart('udta', tags));
    // A size of 0: to the end.
    return concatenate([moov, words(0, 0x6d646174)]);
  };
  return withOffset(withOffset(0).length);
}

function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setUint32(index * 4, value);
  return bytes;
}

function durationMs(track: Mp4Track): number | null {
  const { edits, samples, timescale, movieTimescale } = track;
  const mediaMs = (samples.duration * 1000) / timescale;
  const edited = edits.reduce((sum, edit) => sum + edit.duration, 0);
  const editedMs = movieTimescale > 0 ? (edited * 1000) / movieTimescale : 0;
  const ms = editedMs > 0 ? editedMs : mediaMs;
  return ms > 0 ? ms : null;
}

function* silence(ms: number): Generator<AudioBlock> {
  const sampleRate = 16_000;
  for (
    let left = Math.round((Math.min(ms, LONGEST_PAUSE_MS) * sampleRate) / 1000);
    left > 0;
    left -= sampleRate
  ) {
    yield { channels: [new Float32Array(Math.min(left, sampleRate))], sampleRate };
  }
}

function formatOf(file: FileBytes): string {
  const head = file.read(0, 12);
  const brand = text(head, 4, 4) === 'ftyp' && u32(head, 0) >= 16 ? text(head, 8, 4) : 'qt  ';
  if (brand === 'qt  ') return 'mov';
  return brand === 'M4A ' || brand === 'M4B ' ? 'm4a' : 'mp4';
}

function invalid(reason: string): AudioFileError {
  return new AudioFileError(
    'audio_file_invalid',
    `This MP4 file cannot be read: ${reason}. Check that it was copied whole, or export it again.`,
  );
}
