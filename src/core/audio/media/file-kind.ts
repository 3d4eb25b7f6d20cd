import type { FileBytes } from './file-bytes.ts';
import { foreignKind } from './foreign-kinds.ts';
import { text, u16, u32 } from './readers/bytes.ts';
import { parseAdtsHeader, parseMpegHeader } from './readers/frame-header.ts';
import { FrameScanner } from './readers/frame-scanner.ts';
import { tagLength } from './readers/tags.ts';

/** Containers that are read here. */
export type NativeContainer = 'wav' | 'mp3' | 'aac' | 'flac' | 'ogg' | 'mp4' | 'matroska';

/** What a file is, by its bytes. */
export type FileKind =
  /** `start`: where it begins, behind tags or what else stands in front. */
  | { readonly name: 'native'; readonly container: NativeContainer; readonly start: number }
  /** Left to `ffmpeg`, which must take it for this and nothing else; `null` where it may judge by itself. */
  | { readonly name: 'ffmpeg'; readonly demuxer: string | null }
  /** No media file at all, or one that must not be opened. `what` it is, for people: `a text file`. */
  | { readonly name: 'refused'; readonly what: string };

/** Tags in a row in front of the audio. */
const MAX_TAGS = 16;
/** A frame that begins later than this is chance. */
const SEARCH_BYTES = 128 * 1024;
/** Frames in a row that cannot be chance. */
const CONVINCING_FRAMES = 5;
const HEAD_BYTES = 4096;

type Magic = readonly [at: number, magic: string];

/** Each row: magics that must all match, then the container or ffmpeg's name of the format. */
const NATIVE: readonly (readonly [readonly Magic[], NativeContainer])[] = [
  [
    [
      [0, 'RIFF'],
      [8, 'WAVE'],
    ],
    'wav',
  ],
  [
    [
      [0, 'RF64'],
      [8, 'WAVE'],
    ],
    'wav',
  ],
  [
    [
      [0, 'BW64'],
      [8, 'WAVE'],
    ],
    'wav',
  ],
  [
    [
      [0, 'RIFX'],
      [8, 'WAVE'],
    ],
    'wav',
  ],
  [[[0, 'fLaC']], 'flac'],
  [[[0, 'OggS']], 'ogg'],
  [[[0, '\x1a\x45\xdf\xa3']], 'matroska'],
  [[[4, 'ftyp']], 'mp4'],
  [[[4, 'moov']], 'mp4'],
  [[[4, 'mdat']], 'mp4'],
  [[[4, 'wide']], 'mp4'],
  [[[4, 'pnot']], 'mp4'],
  [[[4, 'moof']], 'mp4'],
  [[[4, 'styp']], 'mp4'],
];

const FFMPEG: readonly (readonly [readonly Magic[], string])[] = [
  [
    [
      [0, 'FORM'],
      [8, 'AIF'],
    ],
    'aiff',
  ],
  [
    [
      [0, 'RIFF'],
      [8, 'AVI '],
    ],
    'avi',
  ],
  [[[0, 'riff\x2e\x91\xcf\x11']], 'w64'],
  [[[0, 'caff']], 'caf'],
  [[[0, '#!AMR']], 'amr'],
  [[[0, '\x30\x26\xb2\x75\x8e\x66\xcf\x11']], 'asf'],
  [[[0, '.snd']], 'au'],
  [[[0, 'wvpk']], 'wv'],
  [[[0, 'TTA1']], 'tta'],
  [[[0, 'MAC ']], 'ape'],
  [[[0, 'MPCK']], 'mpc8'],
  [[[0, 'MP+']], 'mpc'],
  [[[0, 'FLV\x01']], 'flv'],
  [[[0, '\x00\x00\x01\xba']], 'mpeg'],
  [[[0, '.RMF']], 'rm'],
  [[[0, 'DSD ']], 'dsf'],
  [
    [
      [0, 'FRM8'],
      [12, 'DSD '],
    ],
    'iff',
  ],
  [[[0, 'Creative Voice File\x1a']], 'voc'],
  [[[0, 'NIST_1A']], 'nistsphere'],
  [[[0, 'ajkg']], 'shn'],
  [[[0, '\x7f\xfe\x80\x01']], 'dts'],
  [[[0, 'DTSHDHDR']], 'dtshd'],
  [[[0, 'EA3']], 'oma'],
  [[[0, '\x06\x0e\x2b\x34\x02\x05\x01\x01']], 'mxf'],
];

const ID3_THEN: readonly (readonly [string, FileKind])[] = [
  ['TTA1', { name: 'ffmpeg', demuxer: 'tta' }],
  ['MAC ', { name: 'ffmpeg', demuxer: 'ape' }],
  ['FORM', { name: 'ffmpeg', demuxer: 'aiff' }],
];

/** Says what a file is, whatever it is called. The file is not empty. */
export function recogniseFile(file: FileBytes): FileKind {
  const head = file.read(0, HEAD_BYTES);
  const foreign = foreignKind(head);
  if (foreign !== null) return { name: 'refused', what: foreign };
  for (const [magics, container] of NATIVE) {
    if (matches(head, magics)) return { name: 'native', container, start: 0 };
  }
  for (const [magics, demuxer] of FFMPEG) if (matches(head, magics)) return { name: 'ffmpeg', demuxer };
  const sync = syncWordKind(head);
  if (sync) return sync;
  return behindTags(file) ?? frameKind(file, 0) ?? { name: 'ffmpeg', demuxer: null };
}

/** What follows ID3 and other tags; `null` where there are none. */
function behindTags(file: FileBytes): FileKind | null {
  let start = 0;
  for (let tags = 0; tags < MAX_TAGS; tags++) {
    const length = tagLength(file, start);
    if (length === 0) break;
    start += length;
  }
  if (start === 0) return null;
  const head = file.read(start, 16);
  if (text(head, 0, 4) === 'fLaC') return { name: 'native', container: 'flac', start };
  for (const [magic, kind] of ID3_THEN) if (text(head, 0, magic.length) === magic) return kind;
  // A tag without anything behind it is an MP3 file that was cut short; its reader says so.
  return frameKind(file, start) ?? { name: 'native', container: 'mp3', start };
}

/** MP3 or ADTS, from the first frame that is followed by others of its kind. */
function frameKind(file: FileBytes, start: number): FileKind | null {
  let nearest: FileKind | null = null;
  let nearestAt = start + SEARCH_BYTES;
  for (const [container, parse] of [
    ['mp3', parseMpegHeader],
    ['aac', parseAdtsHeader],
  ] as const) {
    const scanner = new FrameScanner(file, parse, start, start + SEARCH_BYTES);
    const first = scanner.next();
    if (!first || first.position >= nearestAt || !isConvincing(file, scanner, first.position)) continue;
    nearest = { name: 'native', container, start: first.position };
    nearestAt = first.position;
  }
  return nearest;
}

/** A short file may hold fewer frames, but then nothing else. */
function isConvincing(file: FileBytes, scanner: FrameScanner, first: number): boolean {
  for (let frames = 1; frames < CONVINCING_FRAMES; frames++) {
    if (!scanner.next()) return first === 0 || scanner.position - first > (file.size - first) / 2;
    if (scanner.damaged) return false;
  }
  return true;
}

/** Formats known by a sync word alone. */
function syncWordKind(head: Uint8Array): FileKind | null {
  if (u16(head, 0) === 0x0b77 && head.length > 5) {
    const version = (head[5] as number) >> 3;
    return { name: 'ffmpeg', demuxer: version > 10 ? 'eac3' : 'ac3' };
  }
  if (u16(head, 0) >> 5 === 0x2b7) return { name: 'ffmpeg', demuxer: 'loas' };
  if (u32(head, 0) === 0xfe7f0180 || u32(head, 0) === 0x1fffe800) return { name: 'ffmpeg', demuxer: 'dts' };
  for (const [offset, packet] of [
    [0, 188],
    [4, 192],
    [0, 204],
  ] as const) {
    const syncs = [0, 1, 2, 3].map((index) => head[offset + index * packet]);
    if (syncs.every((byte) => byte === 0x47)) return { name: 'ffmpeg', demuxer: 'mpegts' };
  }
  return null;
}

function matches(head: Uint8Array, magics: readonly Magic[]): boolean {
  return magics.every(([at, magic]) => text(head, at, magic.length) === magic);
}
