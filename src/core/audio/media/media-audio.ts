/** The audio of a media file on its way to a recogniser. Read once, from the start; then close it. */
export interface MediaAudio extends AsyncIterable<Float32Array> {
  /** What the bytes are, whatever the file is called: `wav`, `mp3`, `m4a`, …, or `ffmpeg` where that read it. */
  readonly format: string;
  /** What the file says of its length, in milliseconds; `null` where it does not say or cannot be trusted. */
  readonly durationMs: number | null;
  /** Share of the file that has been read, 0 to 1: for progress where the duration is unknown. */
  readonly readShare: number;
  /**
   * What was wrong but could be read over, as sentences for people: a file cut short, damaged frames. Grows while it is
   * read and is complete once the iteration has ended.
   */
  readonly warnings: readonly string[];
  /**
   * Mono, 16 kHz, -1 to 1, in pieces of at most a few seconds. The reader stays only a few pieces ahead.
   * @throws {AudioFileError} also in the middle, where the rest of the file cannot be read.
   */
  [Symbol.asyncIterator](): AsyncIterator<Float32Array>;
  /** Stops reading and frees the worker. Safe to call at any time, and twice. */
  close(): Promise<void>;
}
