import { AudioFileError } from '../../audio-file-error.ts';
import { text } from './bytes.ts';
import { innerElements, unsigned } from './ebml.ts';

const ID = {
  trackEntry: 0xae,
  number: 0xd7,
  type: 0x83,
  codec: 0x86,
  encodings: 0x6d80,
  audio: 0xe1,
} as const;
const AUDIO_TYPE = 2;
/** What audio-decode reads (its decode-webm), as beginnings of the codec's name. */
const CODECS: readonly string[] = [
  ...['A_OPUS', 'A_VORBIS', 'A_AAC', 'A_MPEG/L3', 'A_FLAC', 'A_PCM/', 'A_ALAC'],
];

/** The sound track that is read. */
export interface MatroskaTrack {
  readonly number: number;
  readonly codec: string;
  /** The element that describes it, for the decoder. */
  readonly entry: Uint8Array;
}

/**
 * The first sound track.
 * @param tracks content of the `Tracks` element.
 * @throws {AudioFileError} `audio_file_without_audio`, `audio_file_unsupported`, `audio_file_invalid`.
 */
export function readMatroskaTrack(tracks: Uint8Array): MatroskaTrack {
  let others = 0;
  for (const { id, content, position, headerLength } of innerElements(tracks)) {
    if (id !== ID.trackEntry) continue;
    const fields = new Map([...innerElements(content)].map((element) => [element.id, element.content]));
    if (unsigned(fields.get(ID.type) ?? new Uint8Array()) !== AUDIO_TYPE) {
      if (fields.has(ID.type)) others++;
      continue;
    }
    const name = fields.get(ID.codec) ?? new Uint8Array();
    const codec = text(name, 0, Math.min(name.length, 40)).replace(/\0.*$/s, '');
    if (fields.has(ID.encodings) || !CODECS.some((known) => codec.startsWith(known))) {
      throw new AudioFileError(
        'audio_file_unsupported',
        `This file holds audio of an unusual kind (${codec.replace(/[^ -~]/g, '?')}).`,
      );
    }
    const entry = tracks.subarray(position, position + headerLength + content.length);
    return { number: unsigned(fields.get(ID.number) ?? new Uint8Array()), codec, entry };
  }
  if (others === 0) {
    throw new AudioFileError(
      'audio_file_invalid',
      "The description of this file's tracks is damaged. Check that it was copied whole.",
    );
  }
  throw new AudioFileError('audio_file_without_audio', 'This file has no sound track.');
}
