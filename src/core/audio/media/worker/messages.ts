import type { AudioFileErrorCode } from '../../audio-file-error.ts';

/** What the thread that decodes is started with. */
export interface DecodeTask {
  readonly path: string;
  /** Milliseconds of audio; a longer file is an error. */
  readonly maxDurationMs: number;
}

/** From the thread that listens. `more` allows that many pieces beyond those allowed before. */
export type DecodeCommand = { readonly type: 'more'; readonly pieces: number };

/** From the thread that decodes. */
export type DecodeReport =
  | { readonly type: 'opened'; readonly format: string; readonly durationMs: number | null }
  /** Not read here, but perhaps by `ffmpeg`. `demuxer`: what it must take the file for. */
  | { readonly type: 'foreign'; readonly demuxer: string | null; readonly reason: string | null }
  | { readonly type: 'piece'; readonly samples: Float32Array; readonly readShare: number }
  | { readonly type: 'warning'; readonly sentence: string }
  | { readonly type: 'end' }
  | { readonly type: 'failed'; readonly error: DecodeFailure };

export type DecodeFailure =
  | { readonly kind: 'audio'; readonly code: AudioFileErrorCode; readonly message: string }
  | { readonly kind: 'system'; readonly code: string | null; readonly message: string }
  | { readonly kind: 'defect'; readonly message: string };
