import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { AudioFileError } from '../../audio-file-error.ts';

/** Longer lines are cut: titles and comments of a file are of any length. */
const MAX_LINE = 500;
const MAX_REASON = 160;

/** What `ffmpeg` says while it works. Only facts are kept of it: titles and names in a file are nobody's business. */
export class FfmpegLog {
  #durationMs: number | null = null;
  #errors = 0;
  #firstError: string | null = null;
  #hasNoAudio = false;

  constructor(stream: Readable) {
    createInterface({ input: stream }).on('line', (line) => this.#read(line.slice(0, MAX_LINE)));
  }

  /** As the file says; `null` where it does not, or not yet. */
  get durationMs(): number | null {
    return this.#durationMs;
  }

  /** Sentences for people about a file that was read. @param code what ffmpeg exited with; `null` if it was killed. */
  warnings(code: number | null): string[] {
    if (code !== 0) return ['ffmpeg stopped before the end of the file: its end may be missing.'];
    return this.#errors > 0 ? ['Parts of the file are damaged; ffmpeg read over them.'] : [];
  }

  /** Why nothing could be read. */
  failure(): AudioFileError {
    if (this.#hasNoAudio) {
      return new AudioFileError('audio_file_without_audio', 'This file has no sound track.');
    }
    const reason = this.#firstError === null ? '' : ` (ffmpeg: ${this.#firstError})`;
    return new AudioFileError(
      'audio_file_unsupported',
      `This is not a media file that can be read, with ffmpeg's help or without${reason}. Check that the right file was given and that it was copied whole.`,
    );
  }

  #read(line: string): void {
    const duration = /^\[info\]\s+Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)/.exec(line);
    if (duration && this.#durationMs === null) {
      const [hours = 0, minutes = 0, seconds = 0] = duration.slice(1).map(Number);
      this.#durationMs = ((hours * 60 + minutes) * 60 + seconds) * 1000;
    }
    if (/matches no streams/.test(line)) this.#hasNoAudio = true;
    const error = /^(?:\[[^\]]* @ [^\]]*\] )?\[(?:error|fatal)\] (.*)/.exec(line);
    if (!error?.[1]) return;
    this.#errors++;
    // Its sentences begin with the file's path, which callers know.
    this.#firstError ??= error[1].replace(/^file:.*: /, '').slice(0, MAX_REASON);
  }
}
