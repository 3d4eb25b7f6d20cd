/** Decoded audio of all channels, in the order L R C LFE Ls Rs where there are many. All of one length. */
export interface AudioBlock {
  readonly channels: readonly Float32Array[];
  /** Hz. May change from block to block (a recording of a radio stream). */
  readonly sampleRate: number;
}

/** Takes a sentence about something that was wrong but could be read over. */
export type Warn = (sentence: string) => void;

/** One file, of one container format, on its way through a decoder. Read once, from the start. */
export interface MediaReader {
  /** For people: `mp3`, `m4a`, …. */
  readonly format: string;
  /** What the file says of its length; `null` where it does not say or cannot be trusted. */
  readonly durationMs: number | null;
  /** Share of the file that has been read, 0 to 1. */
  readonly readShare: number;
  /**
   * Decodes on demand; what is not asked for is not read.
   * @throws {AudioFileError} when nothing of the rest can be decoded.
   */
  blocks(): AsyncGenerator<AudioBlock>;
}
