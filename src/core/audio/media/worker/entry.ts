import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AudioFileError } from '../../audio-file-error.ts';

/**
 * Path of the decoding thread's compiled entry, beside this file or, where this runs from TypeScript sources, in
 * `out/`.
 *
 * @throws {AudioFileError} `audio_decoder_failed` where it does not exist.
 */
export function decodeThreadEntry(): string {
  const entry = import.meta.url.endsWith('.ts')
    ? fileURLToPath(new URL('../../../../../out/core/audio/media/worker/decode-thread.js', import.meta.url))
    : fileURLToPath(new URL('./decode-thread.js', import.meta.url));
  if (!existsSync(entry)) {
    throw new AudioFileError('audio_decoder_failed', 'The audio decoder is not built. Run `npm run build`.');
  }
  return entry;
}
