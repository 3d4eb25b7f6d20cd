/** Times in a transcript are whole milliseconds from the start of its audio. */

export interface TranscriptWord {
  /** Without surrounding spaces, with the punctuation that belongs to it. */
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  /** 0 to 1. */
  readonly confidence: number;
}

/** What was said in one go: a final of a live session, or a piece of a file between two pauses. */
export interface TranscriptSegment {
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
  /** Two-letter code of the language the text is in. */
  readonly language: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** Absent where the recogniser was not asked for word times. */
  readonly words?: readonly TranscriptWord[];
}

/** Finished text, whether it was heard live or read from a file. */
export interface Transcript {
  /** What people call it: the file's name, or the title of a live session. */
  readonly title: string;
  /** Two-letter code of the language most of it is in. */
  readonly language: string;
  readonly durationMs: number;
  /** Catalogue name of the model, e.g. `base.en`. */
  readonly model: string;
  /** When it was made, or when the session began: ISO 8601 in UTC. */
  readonly createdAt: string;
  /** In order of time; they do not overlap. */
  readonly segments: readonly TranscriptSegment[];
}
