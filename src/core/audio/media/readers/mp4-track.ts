import { AudioFileError } from '../../audio-file-error.ts';
import { text, u16, u32, u64 } from './bytes.ts';
import { childBox, descendantBox, innerBoxes } from './mp4-boxes.ts';
import { Mp4Samples } from './mp4-samples.ts';

/** The first sound track of an MP4 or QuickTime file, as its `moov` describes it. */
export interface Mp4Track {
  readonly id: number;
  /** Of the sample entry: `mp4a`, `alac`, …. */
  readonly codec: string;
  /** Ticks a second. */
  readonly timescale: number;
  /** Boxes that a decoder wants to see unchanged. */
  readonly boxes: Mp4TrackBoxes;
  readonly edits: readonly Mp4Edit[];
  /** Of the whole movie, ticks a second: what edits count their duration in. */
  readonly movieTimescale: number;
  /** What follows in fragments (`moof`), or the table. */
  readonly samples: Mp4Samples;
  readonly fragments: Mp4FragmentDefaults | null;
}

export interface Mp4TrackBoxes {
  readonly mvhd: Uint8Array | null;
  readonly tkhd: Uint8Array | null;
  readonly edts: Uint8Array | null;
  readonly mdhd: Uint8Array;
  readonly hdlr: Uint8Array | null;
  readonly stsd: Uint8Array;
  readonly stts: Uint8Array | null;
  readonly udta: Uint8Array | null;
}

export interface Mp4FragmentDefaults {
  readonly duration: number;
  readonly size: number;
}

/** A stretch of the track's own time, or a pause where there is no start. */
export interface Mp4Edit {
  /** In the movie's time scale. */
  readonly duration: number;
  /** In the track's time scale. */
  readonly start: number | null;
}

const PROTECTED_CODECS: ReadonlySet<string> = new Set(['enca', 'drms', 'aavd']);
/** Samples of these are single PCM frames: hundreds of millions of them. They are taken in larger pieces. */
const PCM_CODECS: ReadonlySet<string> = new Set([
  ...['sowt', 'twos', 'in24', 'in32', 'fl32', 'fl64', 'lpcm', 'ipcm', 'fpcm', 'raw ', 'NONE', 'ulaw', 'alaw'],
]);
const OTHER_CODECS: ReadonlySet<string> = new Set(['mp4a', 'alac', '.mp3', 'fLaC', 'Opus', 'samr', 'sawb']);
/** Pictures, subtitles, chapters, times and the like. */
const OTHER_HANDLERS: ReadonlySet<string> = new Set([
  ...['vide', 'pict', 'auxv', 'text', 'sbtl', 'subt', 'clcp', 'meta', 'tmcd', 'hint', 'camm', 'mdta'],
]);
const PCM_PIECE_BYTES = 32 * 1024;
/** No codec's frame is larger; more is a damaged table. */
const MAX_SAMPLE_BYTES = 1024 * 1024;

/**
 * @param moov content of the `moov` box.
 * @throws {AudioFileError} `audio_file_without_audio`, `audio_file_unsupported`, `audio_file_invalid`.
 */
export function readMp4Track(moov: Uint8Array, fileSize: number): Mp4Track {
  const track = soundTrack(moov);
  const mdhd = descendantBox(track, 'mdia', 'mdhd');
  const stbl = descendantBox(track, 'mdia', 'minf', 'stbl');
  const stsd = stbl && childBox(stbl, 'stsd');
  if (!mdhd || !stbl || !stsd || stsd.length < 24) throw invalid('the description of its sound is damaged');
  const codec = text(stsd, 12, 4);
  if (PROTECTED_CODECS.has(codec)) {
    throw new AudioFileError(
      'audio_file_protected',
      'This file is protected against copying (DRM), so nothing but its own player can read it. Use an unprotected copy.',
    );
  }
  if (!PCM_CODECS.has(codec) && !OTHER_CODECS.has(codec)) {
    throw new AudioFileError(
      'audio_file_unsupported',
      `This file holds audio of an unusual kind (${printable(codec)}).`,
    );
  }
  const timescale = u32(mdhd, mdhd[0] === 1 ? 20 : 12);
  if (timescale === 0) throw invalid('its time scale is damaged');
  const mvhd = childBox(moov, 'mvhd');
  const tkhd = childBox(track, 'tkhd');
  const edts = childBox(track, 'edts');
  const id = tkhd ? u32(tkhd, tkhd[0] === 1 ? 20 : 12) : 0;
  return {
    id,
    codec,
    timescale,
    boxes: {
      mvhd,
      tkhd,
      edts,
      mdhd,
      hdlr: descendantBox(track, 'mdia', 'hdlr'),
      stsd,
      stts: childBox(stbl, 'stts'),
      udta: childBox(moov, 'udta'),
    },
    edits: readEdits(edts && childBox(edts, 'elst')),
    movieTimescale: mvhd ? u32(mvhd, mvhd[0] === 1 ? 20 : 12) : 0,
    samples: readTable(stbl, stsd, codec, fileSize),
    fragments: fragmentDefaults(childBox(moov, 'mvex'), id),
  };
}

function soundTrack(moov: Uint8Array): Uint8Array {
  let others = 0;
  for (const box of innerBoxes(moov, 0, moov.length)) {
    if (box.type !== 'trak') continue;
    const track = moov.subarray(box.position + box.headerLength, box.position + box.length);
    const handler = descendantBox(track, 'mdia', 'hdlr');
    if (handler && text(handler, 8, 4) === 'soun') return track;
    if (handler && OTHER_HANDLERS.has(text(handler, 8, 4))) others++;
  }
  if (others === 0) throw invalid('the description of its tracks is damaged');
  throw new AudioFileError('audio_file_without_audio', 'This file has no sound track.');
}

function readEdits(elst: Uint8Array | null): Mp4Edit[] {
  if (!elst) return [];
  const long = elst[0] === 1;
  const entry = long ? 20 : 12;
  const edits: Mp4Edit[] = [];
  for (let at = 8; at + entry <= elst.length && edits.length < u32(elst, 4); at += entry) {
    const duration = long ? u64(elst, at) : u32(elst, at);
    const start = long ? u64(elst, at + 8) : u32(elst, at + 4);
    const isPause = u32(elst, at + (long ? 8 : 4)) === 0xffff_ffff;
    edits.push({ duration, start: isPause ? null : start });
  }
  return edits;
}

function fragmentDefaults(mvex: Uint8Array | null, trackId: number): Mp4FragmentDefaults | null {
  if (!mvex) return null;
  for (const box of innerBoxes(mvex, 0, mvex.length)) {
    const trex = mvex.subarray(box.position + box.headerLength, box.position + box.length);
    if (box.type === 'trex' && u32(trex, 4) === trackId) {
      return { duration: u32(trex, 12), size: u32(trex, 16) };
    }
  }
  return { duration: 0, size: 0 };
}

/** The samples of a file without fragments. Source: ISO/IEC 14496-12 §8.6.1, §8.7. */
function readTable(stbl: Uint8Array, stsd: Uint8Array, codec: string, fileSize: number): Mp4Samples {
  const samples = new Mp4Samples();
  const stsz = childBox(stbl, 'stsz');
  const stsc = childBox(stbl, 'stsc');
  const stco = childBox(stbl, 'stco');
  const co64 = childBox(stbl, 'co64');
  const chunks = stco ?? co64;
  if (!stsz || !stsc || !chunks) return samples;
  const chunkBytes = stco ? 4 : 8;
  const chunkCount = Math.min(u32(chunks, 4), Math.floor((chunks.length - 8) / chunkBytes));
  const runCount = Math.min(u32(stsc, 4), Math.floor((stsc.length - 8) / 12));
  const fixedSize = u32(stsz, 4);
  const declared = u32(stsz, 8);
  const sampleCount = fixedSize > 0 ? declared : Math.min(declared, Math.floor((stsz.length - 12) / 4));
  const isPcm = PCM_CODECS.has(codec);
  const frameBytes = isPcm ? pcmFrameBytes(stsd, fixedSize) : 0;
  if (isPcm && frameBytes === 0) throw invalid('the description of its sound is damaged');
  let sample = 0;
  let run = 0;
  for (let chunk = 0; chunk < chunkCount && sample < sampleCount; chunk++) {
    while (run + 1 < runCount && u32(stsc, 8 + (run + 1) * 12) <= chunk + 1) run++;
    const inChunk = Math.min(u32(stsc, 12 + run * 12), sampleCount - sample);
    let offset = stco ? u32(stco, 8 + chunk * 4) : u64(chunks, 8 + chunk * 8);
    if (isPcm) {
      pushPcm(samples, offset, inChunk, frameBytes, fileSize);
      sample += inChunk;
      continue;
    }
    for (const end = sample + inChunk; sample < end; sample++) {
      const size = fixedSize > 0 ? fixedSize : u32(stsz, 12 + sample * 4);
      if (size > MAX_SAMPLE_BYTES) throw invalid('its table of frames is damaged');
      samples.push(offset, size);
      offset += size;
      // A fixed size needs no table, so a damaged count would go on for ever.
      if (offset > fileSize && fixedSize > 0) return samples;
    }
  }
  if (!isPcm) readDurations(childBox(stbl, 'stts'), samples);
  return samples;
}

function readDurations(stts: Uint8Array | null, samples: Mp4Samples): void {
  if (!stts) return;
  let left = samples.count;
  const runs = Math.min(u32(stts, 4), Math.floor((stts.length - 8) / 8));
  for (let run = 0; run < runs && left > 0; run++) {
    const count = Math.min(left, u32(stts, 8 + run * 8));
    samples.pushDuration(count, u32(stts, 12 + run * 8));
    left -= count;
  }
}

function pushPcm(
  samples: Mp4Samples,
  start: number,
  frames: number,
  frameBytes: number,
  fileSize: number,
): void {
  const piece = Math.max(1, Math.floor(PCM_PIECE_BYTES / frameBytes));
  for (let done = 0; done < frames; done += piece) {
    const count = Math.min(piece, frames - done);
    samples.push(start + done * frameBytes, count * frameBytes);
    samples.pushDuration(1, count);
    if (start + done * frameBytes > fileSize) return;
  }
}

/** Source: QuickTime File Format, Sound Sample Descriptions (versions 0 to 2). QuickTime writes sizes of 1. */
function pcmFrameBytes(stsd: Uint8Array, fixedSize: number): number {
  const entry = 8;
  const version = u16(stsd, entry + 16);
  if (version === 2) return u32(stsd, entry + 64);
  if (version === 1 && u32(stsd, entry + 44) > 0) return u32(stsd, entry + 44);
  if (fixedSize > 1) return fixedSize;
  const codec = text(stsd, entry + 4, 4);
  const bitsByName: Readonly<Record<string, number>> = {
    in24: 24,
    in32: 32,
    fl32: 32,
    fl64: 64,
    ulaw: 8,
    alaw: 8,
  };
  return u16(stsd, entry + 24) * Math.ceil((bitsByName[codec] ?? u16(stsd, entry + 26)) / 8);
}

function printable(codec: string): string {
  return codec.replace(/[^ -~]/g, '?').trim();
}

function invalid(reason: string): AudioFileError {
  return new AudioFileError(
    'audio_file_invalid',
    `This MP4 file cannot be read: ${reason}. Check that it was copied whole, or export it again.`,
  );
}
