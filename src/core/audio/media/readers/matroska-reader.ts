import type { FileBytes } from '../file-bytes.ts';
import { concatenate } from './bytes.ts';
import { type EbmlElement, readElement, unsigned, variableNumber } from './ebml.ts';
import { decoderHeader, ID, type MatroskaOpening, readOpening } from './matroska-opening.ts';
import type { AudioBlock, MediaReader, Warn } from './media-reader.ts';
import { CUT_SHORT, DAMAGED, TimedDecoder } from './timed-decoder.ts';

/** No codec's block is larger. */
const MAX_BLOCK_BYTES = 1024 * 1024;
const BATCH_BLOCKS = 50;
const BATCH_BYTES = 64 * 1024;
/** These decoders give a batch's last frames only with the next batch, or the one after. */
const HOLDING_CODECS = /^A_(VORBIS|FLAC)/;
const HELD_BACK_MS = 10_000;
/** Neighbouring blocks are a few to a hundred milliseconds apart; those of some codecs more, but then all of them. */
const HOLE_MS = 100;
/** First bytes of a cluster, a simple block and a block group. */
const LANDMARKS: ReadonlySet<number> = new Set([0x1f, 0xa3, 0xa0]);
const CONVINCING_ELEMENTS = 4;
const SEARCH_BYTES = 64 * 1024;

interface TrackBlock {
  /** The whole element. */
  readonly bytes: Uint8Array;
  /** Counted from its cluster's. */
  readonly time: number;
  /** Whether it holds several frames. */
  readonly laced: boolean;
}

/**
 * Reads the first sound track of a WebM or Matroska file. Everything else in it is stepped over without being read.
 * Source: RFC 9559.
 * @throws {AudioFileError} `audio_file_without_audio`, `audio_file_unsupported`, `audio_file_invalid`.
 */
export function openMatroska(file: FileBytes, warn: Warn): MediaReader {
  return new MatroskaReader(file, readOpening(file), warn);
}

class MatroskaReader implements MediaReader {
  readonly format: string;
  readonly durationMs: number | null;
  readonly #file: FileBytes;
  readonly #opening: MatroskaOpening;
  readonly #warn: Warn;
  #position: number;
  #damaged = false;
  #cutShort = false;

  constructor(file: FileBytes, opening: MatroskaOpening, warn: Warn) {
    this.format = opening.format;
    this.durationMs = opening.durationMs;
    this.#file = file;
    this.#opening = opening;
    this.#warn = warn;
    this.#position = opening.clustersAt;
  }

  get readShare(): number {
    return Math.min(1, this.#position / Math.max(1, this.#file.size));
  }

  async *blocks(): AsyncGenerator<AudioBlock> {
    const decoder = new TimedDecoder({
      decoder: 'webm',
      opening: () => decoderHeader(this.#opening),
      holdsFlac: this.#opening.track.codec.startsWith('A_FLAC'),
      latencyMs: HOLDING_CODECS.test(this.#opening.track.codec) ? HELD_BACK_MS : 0,
      warn: this.#warn,
    });
    let batch: Uint8Array[] = [];
    let batchBytes = 0;
    let batchMs = 0;
    let lastMs = 0;
    let usualMs = 0;
    try {
      for (const { bytes, ms, laced } of this.#audioBlocks()) {
        const spacingMs = ms - lastMs;
        if (spacingMs > Math.max(HOLE_MS, 2 * usualMs) && batch.length > 0) {
          yield* decoder.push(concatenate(batch), batchMs);
          // What the decoder holds back must not hide the hole.
          yield* decoder.finish();
          batch = [];
          batchBytes = 0;
        } else {
          usualMs = spacingMs;
        }
        lastMs = ms;
        if (batch.length === 0) batchMs = ms;
        batch.push(bytes);
        batchBytes += bytes.length;
        // A laced block may unpack to half a minute by itself.
        if (!laced && batch.length < BATCH_BLOCKS && batchBytes < BATCH_BYTES) continue;
        yield* decoder.push(concatenate(batch), batchMs);
        batch = [];
        batchBytes = 0;
      }
      if (batch.length > 0) yield* decoder.push(concatenate(batch), batchMs);
      yield* decoder.finish();
    } finally {
      decoder.free();
    }
    if (this.#cutShort || (this.#opening.segmentEnd ?? 0) > this.#file.size) this.#warn(CUT_SHORT);
    if (this.#damaged) this.#warn(DAMAGED);
  }

  /** The sound track's blocks as they stand in the file, each with its time from the beginning. */
  *#audioBlocks(): Generator<Omit<TrackBlock, 'time'> & { readonly ms: number }> {
    let clusterTime = 0;
    let origin: number | null = null;
    while (this.#position < this.#file.size) {
      const element = readElement(this.#file, this.#position);
      if (!element || !isExpected(element) || (!isContainer(element) && endOf(element) > this.#file.size)) {
        this.#resynchronise();
        continue;
      }
      this.#position += element.headerLength;
      // A cluster's content is taken as if it stood in the segment itself; so is that of a second segment.
      if (isContainer(element)) continue;
      const length = element.length ?? 0;
      this.#position += length;
      if (element.id === ID.timestamp) {
        clusterTime = unsigned(this.#file.view(element.position + element.headerLength, Math.min(8, length)));
        origin ??= clusterTime;
      }
      const block = this.#blockIn(element);
      if (!block) continue;
      const ms = (clusterTime - (origin ?? 0) + block.time) * this.#opening.scaleMs;
      yield { ...block, ms: Math.max(0, ms) };
    }
  }

  /** The element as a whole, where it is a block of the sound track. */
  #blockIn(element: EbmlElement): TrackBlock | null {
    if (element.id !== ID.simpleBlock && element.id !== ID.blockGroup) return null;
    const length = element.length ?? 0;
    if (length > MAX_BLOCK_BYTES) return null;
    const contentAt = element.position + element.headerLength;
    // Blocks of pictures are large: look at the beginning before reading them.
    const start = this.#file.view(contentAt, Math.min(length, 32));
    const blockStart = element.id === ID.simpleBlock ? start : blockContent(start);
    const track = blockStart && variableNumber(blockStart, 0);
    // A block that stands further behind in its group is rare enough to be looked for.
    if (track && track.value !== this.#opening.track.number) return null;
    const bytes = this.#file.read(element.position, element.headerLength + length);
    const content = bytes.subarray(element.headerLength);
    const block = element.id === ID.simpleBlock ? content : blockContent(content);
    const number = block && variableNumber(block, 0);
    if (!block || number?.value !== this.#opening.track.number || block.length < number.length + 3)
      return null;
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    const laced = ((block[number.length + 2] as number) & 6) !== 0;
    return { bytes, time: view.getInt16(number.length), laced };
  }

  /** Goes on at the next cluster or block; where none follows, the file is cut short here. */
  #resynchronise(): void {
    for (let at = this.#position + 1; at < this.#file.size; ) {
      const bytes = this.#file.read(at, SEARCH_BYTES);
      for (let found = 0; found < bytes.length; found++) {
        if (!LANDMARKS.has(bytes[found] as number) || !this.#isPlausible(at + found)) continue;
        this.#position = at + found;
        this.#damaged = true;
        return;
      }
      at += Math.max(1, bytes.length);
    }
    this.#position = this.#file.size;
    this.#cutShort = true;
  }

  /** Whether elements that belong here follow one another from `position` on. */
  #isPlausible(position: number): boolean {
    let at = position;
    for (let elements = 0; elements < CONVINCING_ELEMENTS; elements++) {
      const element = readElement(this.#file, at);
      if (!element || !isExpected(element)) return false;
      at = isContainer(element) ? at + element.headerLength : endOf(element);
      if (at === this.#file.size) return true;
    }
    return at <= this.#file.size;
  }
}

/** The content of the `Block` in a `BlockGroup`, as far as it is there. */
function blockContent(group: Uint8Array): Uint8Array | null {
  for (let at = 0; at < group.length; ) {
    const id = group[at] as number;
    const idLength = id >= 0x80 ? 1 : id >= 0x40 ? 2 : id >= 0x20 ? 3 : 4;
    const size = variableNumber(group, at + idLength);
    if (!size) return null;
    const start = at + idLength + size.length;
    if (id === ID.block) return group.subarray(start, start + size.value);
    at = start + size.value;
  }
  return null;
}

/** Elements of a segment and of a cluster; anything else where one should stand is damage. */
const EXPECTED: ReadonlySet<number> = new Set<number>([
  ...[ID.segment, ID.info, ID.tracks, ID.cluster, ID.timestamp, ID.simpleBlock, ID.blockGroup, ID.ebml],
  // Void, CRC-32, PrevSize, Position, SilentTracks, EncryptedBlock; SeekHead, Cues, Chapters, Attachments, Tags.
  ...[0xec, 0xbf, 0xab, 0xa7, 0x5854, 0xaf, 0x114d9b74, 0x1c53bb6b, 0x1043a770, 0x1941a469, 0x1254c367],
]);

/** What is stepped into. */
function isContainer({ id }: EbmlElement): boolean {
  return id === ID.cluster || id === ID.segment;
}

function endOf({ position, headerLength, length }: EbmlElement): number {
  return position + headerLength + (length ?? 0);
}

function isExpected(element: EbmlElement): boolean {
  return EXPECTED.has(element.id) && (element.length !== null || isContainer(element));
}
