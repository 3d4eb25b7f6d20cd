import path from 'node:path';

/**
 * What recordings are called. Only for folders and patterns, where most files are something else; what a file
 * really is, its bytes say. Without `.ts` and `.mts`, which are programs more often than recordings.
 */
const MEDIA_EXTENSIONS: ReadonlySet<string> = new Set(
  (
    'wav wave w64 rf64 bwf mp3 mp2 mpga m4a m4b m4r mp4 m4v mov qt aac adts flac ogg oga opus ogv ogx spx webm weba ' +
    'mka mkv wma wmv asf aif aiff aifc caf amr awb 3gp 3gpp 3g2 au snd avi flv f4v mpg mpeg vob m2ts ' +
    'ac3 eac3 dts ape wv tta mpc dsf voc gsm'
  ).split(' '),
);

/** Whether a file is called like a recording. */
export function isNamedLikeMedia(file: string): boolean {
  return MEDIA_EXTENSIONS.has(path.extname(file).slice(1).toLowerCase());
}
