import { AudioFileError } from '../audio-file-error.ts';
import type { FileBytes } from './file-bytes.ts';
import { type FileKind, type NativeContainer, recogniseFile } from './file-kind.ts';
import { openFlac } from './readers/flac-reader.ts';
import { openAdts, openMp3 } from './readers/frames-reader.ts';
import { openMatroska } from './readers/matroska-reader.ts';
import type { MediaReader, Warn } from './readers/media-reader.ts';
import { openMp4 } from './readers/mp4-reader.ts';
import { openOgg } from './readers/ogg-reader.ts';
import { openWav } from './readers/wav-reader.ts';

/** A file that only `ffmpeg` can read, if anything can. */
export interface ForeignFile {
  /** What it must take the file for; `null` where it may judge by itself. */
  readonly demuxer: string | null;
  /** What keeps it from being read here, where its container is known. */
  readonly reason: string | null;
}

const CONTAINERS: Readonly<Record<NativeContainer, { demuxer: string; open: OpenContainer }>> = {
  wav: { demuxer: 'wav', open: (file, _start, warn) => openWav(file, warn) },
  mp3: { demuxer: 'mp3', open: openMp3 },
  aac: { demuxer: 'aac', open: openAdts },
  flac: { demuxer: 'flac', open: openFlac },
  ogg: { demuxer: 'ogg', open: openOgg },
  mp4: { demuxer: 'mov', open: (file, _start, warn) => openMp4(file, warn) },
  matroska: { demuxer: 'matroska', open: (file, _start, warn) => openMatroska(file, warn) },
};

/** A file that is read here, unless its codec turns out to be one that is not. */
export interface NativeFile {
  readonly reader: MediaReader;
  readonly demuxer: string;
}

type OpenContainer = (file: FileBytes, start: number, warn: Warn) => MediaReader;

/**
 * Recognises a file by its bytes and opens the reader for it.
 * @throws {AudioFileError} `audio_file_invalid`, `audio_file_unsupported`, `audio_file_protected`,
 * `audio_file_without_audio`.
 */
export function openReader(file: FileBytes, warn: Warn): NativeFile | ForeignFile {
  if (file.size === 0) throw new AudioFileError('audio_file_invalid', 'The file is empty.');
  const kind: FileKind = recogniseFile(file);
  if (kind.name === 'refused') {
    throw new AudioFileError(
      'audio_file_unsupported',
      `This is ${kind.what}, not an audio or video file. Give a recording itself.`,
    );
  }
  if (kind.name === 'ffmpeg') return { demuxer: kind.demuxer, reason: null };
  const container = CONTAINERS[kind.container];
  try {
    return { reader: container.open(file, kind.start, warn), demuxer: container.demuxer };
  } catch (error) {
    if (!(error instanceof AudioFileError) || error.code !== 'audio_file_unsupported') throw error;
    return { demuxer: container.demuxer, reason: error.message };
  }
}
