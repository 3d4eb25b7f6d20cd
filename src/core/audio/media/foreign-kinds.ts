import { text } from './readers/bytes.ts';

/** Files that are no media, by how they begin. */
const MAGICS: readonly (readonly [number, string, string])[] = [
  [0, '%PDF', 'a PDF document'],
  [0, 'PK\x03\x04', 'a ZIP archive or an office document'],
  [0, 'PK\x05\x06', 'a ZIP archive'],
  [0, 'Rar!\x1a', 'a RAR archive'],
  [0, '7z\xbc\xaf\x27\x1c', 'a 7-Zip archive'],
  [0, '\x1f\x8b', 'a gzip archive'],
  [0, 'BZh', 'a bzip2 archive'],
  [0, '\xfd7zXZ', 'an xz archive'],
  [0, '\x28\xb5\x2f\xfd', 'a zstd archive'],
  [257, 'ustar', 'a tar archive'],
  [0, '\x89PNG', 'a picture (PNG)'],
  [0, '\xff\xd8\xff', 'a picture (JPEG)'],
  [0, 'GIF8', 'a picture (GIF)'],
  [0, 'II*\0', 'a picture (TIFF)'],
  [0, 'MM\0*', 'a picture (TIFF)'],
  [8, 'WEBP', 'a picture (WebP)'],
  [8, 'ACON', 'an animated cursor'],
  [0, '8BPS', 'a picture (Photoshop)'],
  [4, 'ftyphei', 'a picture (HEIC)'],
  [4, 'ftypmif1', 'a picture (HEIF)'],
  [4, 'ftypmsf1', 'a picture (HEIF)'],
  [4, 'ftypavi', 'a picture (AVIF)'],
  [4, 'ftypcrx', 'a picture (raw)'],
  [0, 'MThd', 'a MIDI file, which holds notes and no sound'],
  [8, 'RMID', 'a MIDI file, which holds notes and no sound'],
  [0, 'SQLite format 3', 'a database (SQLite)'],
  [0, '\x7fELF', 'a program'],
  [0, '\xcf\xfa\xed\xfe', 'a program'],
  [0, '\xca\xfe\xba\xbe', 'a program'],
  [0, '\0asm', 'a program (WebAssembly)'],
  [0, 'wOF', 'a font'],
  [0, 'OTTO', 'a font'],
  [0, '\0\x01\0\0\0', 'a font'],
  [0, 'd8:announce', 'a torrent, not what it stands for'],
  [0, 'lmgg', 'a speech model'],
  [0, 'GGUF', 'a speech or language model'],
];

/** Texts that name other files or addresses: opening one would open those. Matched against the trimmed beginning. */
const TEXTS: readonly (readonly [RegExp, string])[] = [
  [/^#EXTM3U/i, 'a playlist (M3U)'],
  [/^\[playlist\]/i, 'a playlist (PLS)'],
  [/^ffconcat version/i, 'a playlist (ffconcat)'],
  [/^v=0\r?\n[a-z]=/, 'a description of a network stream (SDP)'],
  [/^(RTSPtext|SMILtext|rtsp:|mms:|\[Reference\])/i, 'a pointer to a network stream'],
  [/^<playlist\b/i, 'a playlist (XSPF)'],
  [/^<MPD\b/i, 'a playlist (MPEG-DASH)'],
  [/^<SmoothStreamingMedia\b/i, 'a playlist (Smooth Streaming)'],
  [/^<(asx|smil|wpl)\b/i, 'a playlist'],
  [/^(<\?wpl|<\?zpl)/i, 'a playlist'],
  [
    /^(REM .*\n|PERFORMER .*\n|TITLE .*\n|CATALOG .*\n)*FILE\s+".*"\s+(WAVE|MP3|AIFF|BINARY|FLAC)/i,
    'a cue sheet',
  ],
  [/^(<!doctype html|<html|<head|<body)/i, 'a web page'],
  [/^(<!DOCTYPE svg|<svg)/i, 'a picture (SVG)'],
  [/^WEBVTT/, 'subtitles (WebVTT)'],
  [/^\d+\r?\n\d\d:\d\d:\d\d,\d{3} --> /, 'subtitles (SubRip)'],
  [/^\[Script Info\]/, 'subtitles (ASS)'],
  [/^\{\\rtf/, 'a text document (RTF)'],
];

/** Formats whose beginning is readable text. */
const TEXTUAL_AUDIO = ['NIST_1A', '#!AMR', 'Creative Voice File'];
const MIN_TEXT = 16;
/** Characters that no text holds: control characters but for white space, and what is no UTF-8. */
const UNWRITTEN = /[^\P{Cc}\t\n\v\f\r]|\uFFFD/u;

/** What a file is that is no media, or must not be opened as such; `null` where it may be. */
export function foreignKind(head: Uint8Array): string | null {
  for (const [at, magic, what] of MAGICS) if (text(head, at, magic.length) === magic) return what;
  if (text(head, 0, 2) === 'BM' && text(head, 6, 4) === '\0\0\0\0') return 'a picture (BMP)';
  if (text(head, 0, 2) === 'MZ' && head.includes(0x50)) return 'a program';
  const content = asText(head);
  if (content === null) return null;
  const beginning = content.trimStart();
  const root = behindProlog(beginning);
  for (const [pattern, what] of TEXTS) if (pattern.test(root)) return what;
  if (root !== beginning) return 'an XML document';
  return TEXTUAL_AUDIO.some((magic) => beginning.startsWith(magic)) ? null : 'a text file';
}

/** The bytes as text, where they are nothing else: UTF-8 or UTF-16 without control characters. */
function asText(head: Uint8Array): string | null {
  const isUtf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  const encoding = isUtf16 ? (head[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8';
  const decoded = new TextDecoder(encoding).decode(head);
  // The last character may be cut; an MP3's sync word looks like a UTF-16 mark, so that needs more proof.
  const whole = decoded.replace(/\uFFFD$/, '');
  const isText = !UNWRITTEN.test(whole);
  if (isText && (!isUtf16 || isMostlyLatin(whole))) return whole;
  // Playlists are recognised by their first words even where junk follows.
  const start = text(head, 0, MIN_TEXT).replace(/^\xef\xbb\xbf/, '');
  return /^\s*(#EXTM3U|ffconcat version|\[playlist\]|<\?xml|v=0\r?\n)/i.test(start)
    ? text(head, 0, head.length).replace(/^\xef\xbb\xbf/, '')
    : null;
}

function isMostlyLatin(content: string): boolean {
  const latin = content.match(/[\t-~]/g)?.length ?? 0;
  return latin > content.length / 2;
}

/** XML without its declaration and the comments in front of its first element. */
function behindProlog(content: string): string {
  let rest = content.replace(/^<\?xml[^>]*>\s*/i, '');
  while (rest.startsWith('<!--') && rest.includes('-->'))
    rest = rest.slice(rest.indexOf('-->') + 3).trimStart();
  return rest;
}
