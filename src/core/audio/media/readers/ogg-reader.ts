import { AudioFileError } from '../../audio-file-error.ts';
import type { FileBytes } from '../file-bytes.ts';
import { concatenate, text, u16le, u32le } from './bytes.ts';
import type { AudioBlock, MediaReader, Warn } from './media-reader.ts';
import { MAX_OGG_PAGE, type OggPage } from './ogg-page.ts';
import { OggScanner } from './ogg-scanner.ts';
import { CUT_SHORT, DAMAGED, type DecoderName, TimedDecoder } from './timed-decoder.ts';

interface OggCodec {
  readonly format: string;
  readonly decoder: DecoderName;
  /** Granules a second. */
  readonly granuleRate: number;
  /** Granules before the first sample that is heard. */
  readonly preSkip: number;
  readonly channels: number;
}

/** Streams of a file begin before anything else of them; none has more than a few. */
const MAX_STREAMS = 64;
/** Looked through for the last page. */
const TAIL_BYTES = 4 * MAX_OGG_PAGE;
/** A first page that ends later than this is out of the middle of a broadcast, whose places count from elsewhere. */
const LATEST_START_MS = 30_000;
const MAX_CHANNELS = 8;
/** A cover picture may stand in the headers: 16 MB of it. */
const MAX_HEADER_PAGES = 256;

/**
 * Reads the first sound track of an Ogg file: Vorbis, Opus or FLAC. Whatever else is in it (video, text) is stepped
 * over, streams that follow one another (a recorded broadcast) are read in turn.
 * @throws {AudioFileError} `audio_file_unsupported` for other codecs, `audio_file_without_audio`, `audio_file_invalid`.
 */
export function openOgg(file: FileBytes, start: number, warn: Warn): MediaReader {
  const scanner = new OggScanner(file, start);
  const beginnings: OggPage[] = [];
  const first = scanner.next();
  for (let page = first; page?.begins && beginnings.length < MAX_STREAMS; page = scanner.next()) {
    const codec = codecOf(file, page);
    if (codec) return new OggReader(file, start, page.serial, codec, warn);
    beginnings.push(page);
  }
  if (beginnings.length === 0) {
    throw new AudioFileError(
      'audio_file_invalid',
      'This Ogg file is damaged at its beginning. Check that it was copied whole.',
    );
  }
  if (!beginnings.every((page) => isSilent(file, page))) {
    throw new AudioFileError('audio_file_unsupported', 'This Ogg file holds audio of an unusual kind.');
  }
  throw new AudioFileError('audio_file_without_audio', 'This Ogg file has no sound track.');
}

class OggReader implements MediaReader {
  readonly format: string;
  readonly durationMs: number | null;
  readonly #file: FileBytes;
  readonly #codec: OggCodec;
  readonly #serial: number;
  readonly #scanner: OggScanner;
  readonly #warn: Warn;

  constructor(file: FileBytes, start: number, serial: number, codec: OggCodec, warn: Warn) {
    this.format = codec.format;
    this.#file = file;
    this.#codec = codec;
    this.#serial = serial;
    this.#scanner = new OggScanner(file, start);
    this.#warn = warn;
    this.durationMs = readDuration(file, start, serial, codec);
  }

  get readShare(): number {
    return Math.min(1, this.#scanner.position / Math.max(1, this.#file.size));
  }

  async *blocks(): AsyncGenerator<AudioBlock> {
    let complete = false;
    for (let stream = this.#nextStream(true); stream; stream = this.#nextStream(false)) {
      complete = yield* this.#decodeStream(stream);
    }
    if (!complete) this.#warn(CUT_SHORT);
    if (this.#scanner.damaged) this.#warn(DAMAGED);
  }

  /** The beginning of the next stream to read: the one chosen, or later any of a codec that can be read. */
  #nextStream(first: boolean): { page: OggPage; codec: OggCodec } | null {
    for (let page = this.#scanner.next(); page; page = this.#scanner.next()) {
      if (!page.begins) continue;
      if (first && page.serial !== this.#serial) continue;
      const codec = first ? this.#codec : codecOf(this.#file, page);
      if (codec) return { page, codec };
    }
    return null;
  }

  /** @returns whether the stream's last page was there. */
  async *#decodeStream(stream: { page: OggPage; codec: OggCodec }): AsyncGenerator<AudioBlock, boolean> {
    const { codec } = stream;
    const headers: Uint8Array[] = [this.#file.read(stream.page.position, stream.page.length)];
    let opened = false;
    const decoder = new TimedDecoder({
      decoder: codec.decoder,
      opening: () => {
        opened = true;
        return concatenate(headers);
      },
      holdsFlac: codec.decoder === 'flac',
      warn: this.#warn,
    });
    let originMs: number | null = null;
    let sequence = stream.page.sequence;
    let complete = false;
    try {
      for (
        let page = this.#scanner.next();
        page && !complete;
        page = complete ? null : this.#scanner.next()
      ) {
        if (page.serial !== stream.page.serial) continue;
        complete = page.ends;
        const bytes = this.#file.read(page.position, page.length);
        // Pages of headers alone say 0 (RFC 7845 §3), or nothing where a header goes on.
        if (!opened && (page.granule === 0 || page.granule === null) && headers.length < MAX_HEADER_PAGES) {
          headers.push(bytes);
          sequence = page.sequence;
          continue;
        }
        const missing = page.sequence !== sequence + 1;
        sequence = page.sequence;
        if (missing && page.granule !== null) {
          yield* decoder.pushBehindHole(bytes, toMs(page.granule, codec) - (originMs ?? 0));
        } else {
          yield* decoder.push(bytes);
        }
        if (page.granule === null || originMs !== null) continue;
        const ms = toMs(page.granule, codec);
        originMs = ms > LATEST_START_MS ? ms - decoder.decodedMs : 0;
      }
      yield* decoder.finish();
    } finally {
      decoder.free();
    }
    return complete;
  }
}

function toMs(granule: number, { granuleRate, preSkip }: OggCodec): number {
  return (Math.max(0, granule - preSkip) * 1000) / granuleRate;
}

/** What a stream's first page holds; `null` where it is nothing that is read here. */
function codecOf(file: FileBytes, page: OggPage): OggCodec | null {
  const content = file.view(page.position, page.length).subarray(page.contentAt);
  if (text(content, 0, 7) === '\x01vorbis' && content.length >= 30) {
    return codec('ogg', 'oga', u32le(content, 12), 0, content[11] ?? 0);
  }
  if (text(content, 0, 8) === 'OpusHead' && content.length >= 19) {
    return codec('opus', 'opus', 48_000, u16le(content, 10), content[9] ?? 0);
  }
  if (text(content, 0, 5) === '\x7fFLAC' && content.length >= 51) {
    const rate = ((content[27] ?? 0) << 12) | ((content[28] ?? 0) << 4) | ((content[29] ?? 0) >> 4);
    return codec('flac', 'flac', rate, 0, (((content[29] ?? 0) >> 1) & 7) + 1);
  }
  return null;
}

/** Pictures (Theora, Dirac), subtitles and descriptions. */
function isSilent(file: FileBytes, page: OggPage): boolean {
  const content = file.view(page.position, page.length).subarray(page.contentAt);
  return ['\x80theora', 'BBCD\0', 'fishead\0', '\x80kate', 'CMML\0', 'OVP80'].some(
    (magic) => text(content, 0, magic.length) === magic,
  );
}

function codec(
  format: string,
  decoder: DecoderName,
  granuleRate: number,
  preSkip: number,
  channels: number,
): OggCodec | null {
  if (granuleRate === 0 || channels === 0 || channels > MAX_CHANNELS) return null;
  return { format, decoder, granuleRate, preSkip, channels };
}

/** From the last page of the stream, where the file holds nothing but this one stream from its beginning. */
function readDuration(file: FileBytes, start: number, serial: number, codec: OggCodec): number | null {
  const opening = new OggScanner(file, start);
  for (let page = opening.next(); page; page = opening.next()) {
    if (page.serial !== serial || page.granule === null || page.granule === 0) continue;
    if (toMs(page.granule, codec) > LATEST_START_MS) return null;
    break;
  }
  const tail = new OggScanner(file, Math.max(start, file.size - TAIL_BYTES));
  let last: number | null = null;
  for (let page = tail.next(); page; page = tail.next()) {
    if (page.begins && page.position > start && page.serial !== serial) return null;
    if (page.serial === serial && page.granule !== null) last = page.granule;
  }
  return last === null ? null : toMs(last, codec);
}
