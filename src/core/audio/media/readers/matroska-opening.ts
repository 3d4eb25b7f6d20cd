import { AudioFileError } from '../../audio-file-error.ts';
import type { FileBytes } from '../file-bytes.ts';
import { concatenate, text } from './bytes.ts';
import { float, innerElements, readElement, unsigned, wrapElement } from './ebml.ts';
import { type MatroskaTrack, readMatroskaTrack } from './matroska-track.ts';

/** Elements by name. Source: RFC 9559 §5. */
export const ID = {
  ebml: 0x1a45dfa3,
  docType: 0x4282,
  segment: 0x18538067,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  tracks: 0x1654ae6b,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
} as const;

/** Descriptions of tracks and file; attachments and indexes, which may be large, are stepped over. */
const MAX_HEADER_BYTES = 16 * 1024 * 1024;
/** Nanoseconds a tick where the file says nothing. */
const DEFAULT_SCALE = 1_000_000;

/** What a WebM or Matroska file says before its audio. */
export interface MatroskaOpening {
  readonly format: string;
  readonly docType: Uint8Array;
  readonly track: MatroskaTrack;
  readonly scaleMs: number;
  readonly durationMs: number | null;
  /** Of the first cluster. */
  readonly clustersAt: number;
  readonly segmentEnd: number | null;
}

/** Just enough of a file for the decoder: which track, of which kind. Its blocks follow. */
export function decoderHeader({ docType, track }: MatroskaOpening): Uint8Array {
  const ebml = wrapElement(ID.ebml, wrapElement(ID.docType, docType));
  const tracks = wrapElement(ID.tracks, track.entry);
  // A segment of unknown size.
  return concatenate([ebml, Uint8Array.of(0x18, 0x53, 0x80, 0x67, 0xff), tracks]);
}

/**
 * Reads a file up to its first cluster.
 * @throws {AudioFileError} `audio_file_without_audio`, `audio_file_unsupported`, `audio_file_invalid`.
 */
export function readOpening(file: FileBytes): MatroskaOpening {
  const ebml = readElement(file, 0);
  if (ebml?.id !== ID.ebml || ebml.length === null || ebml.length > 1024) throw invalid();
  const docType = child(file.read(ebml.headerLength, ebml.length), ID.docType) ?? new Uint8Array();
  let position = ebml.headerLength + ebml.length;
  let segmentEnd: number | null = null;
  let info: Uint8Array = new Uint8Array();
  let track: MatroskaTrack | null = null;
  while (position < file.size) {
    const element = readElement(file, position);
    if (!element) throw invalid();
    const contentAt = position + element.headerLength;
    if (element.id === ID.segment) {
      segmentEnd = element.length === null ? null : contentAt + element.length;
      position = contentAt;
      continue;
    }
    if (element.id === ID.cluster) break;
    if (element.length === null) throw invalid();
    const wanted = element.id === ID.info || element.id === ID.tracks;
    if (wanted && element.length <= MAX_HEADER_BYTES) {
      const content = file.read(contentAt, element.length);
      if (element.id === ID.info) info = content;
      else track = readMatroskaTrack(content);
    }
    position = contentAt + element.length;
  }
  if (!track) throw invalid();
  const scaleMs = unsigned(child(info, ID.timestampScale) ?? new Uint8Array()) || DEFAULT_SCALE;
  const duration = float(child(info, ID.duration) ?? new Uint8Array());
  return {
    format: text(docType, 0, 4) === 'webm' ? 'webm' : 'mkv',
    docType,
    track,
    scaleMs: scaleMs / 1_000_000,
    durationMs: duration > 0 && Number.isFinite(duration) ? (duration * scaleMs) / 1_000_000 : null,
    clustersAt: position,
    segmentEnd,
  };
}

function child(bytes: Uint8Array, id: number): Uint8Array | null {
  for (const element of innerElements(bytes)) if (element.id === id) return element.content;
  return null;
}

function invalid(): AudioFileError {
  return new AudioFileError(
    'audio_file_invalid',
    'This WebM or Matroska file ends, or is damaged, before its audio begins. Check that it was copied whole.',
  );
}
