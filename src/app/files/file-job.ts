import path from 'node:path';
import type { Clock } from '../../core/foundation/clock.ts';
import type { Transcript } from '../../core/transcript/transcript.ts';
import type { WireError } from '../../ipc/envelope.ts';
import type { FileJob } from '../../ipc/views.ts';
import { PaceMeter } from './pace.ts';
import type { PendingFile } from './pending-files.ts';

const EXCERPT_CHARACTERS = 240;

/** A recording on the list, with how far it is. */
export class QueuedFile {
  readonly pending: PendingFile;
  state: FileJob['state'] = 'waiting';
  durationMs: number | null = null;
  doneMs = 0;
  error: WireError | null = null;
  warnings: readonly string[] = [];
  historyId: string | null = null;
  /** Where the history has it not. */
  transcript: Transcript | null = null;
  /** Stops it while it runs. */
  stop: AbortController | null = null;
  #excerpt = '';
  #pace: PaceMeter<'file'> | null = null;

  constructor(pending: PendingFile) {
    this.pending = pending;
  }

  get id(): string {
    return this.pending.id;
  }

  get fileName(): string {
    return path.basename(this.pending.file);
  }

  get isOver(): boolean {
    return this.state !== 'waiting' && this.state !== 'running';
  }

  get view(): FileJob {
    const pace = this.#pace?.pace ?? null;
    return {
      id: this.id,
      fileName: this.fileName,
      state: this.state,
      share: this.state === 'done' ? 1 : (pace?.share ?? 0),
      doneMs: this.doneMs,
      durationMs: this.durationMs,
      remainingMs: pace?.secondsLeft == null ? null : Math.round(pace.secondsLeft * 1_000),
      error: this.error,
      warnings: this.warnings,
      excerpt: this.#excerpt,
      historyId: this.historyId,
    };
  }

  /** Puts it back into the queue. */
  wait(): void {
    this.state = 'waiting';
    this.error = null;
    this.#pace = null;
  }

  begin(stop: AbortController, clock: Clock): void {
    this.state = 'running';
    this.stop = stop;
    this.#pace = new PaceMeter(clock, new Map([['file', 1]]));
  }

  progress(progress: { readonly doneMs: number; readonly share: number }, isFirst: boolean): void {
    this.doneMs = progress.doneMs;
    if (isFirst) this.#pace?.started('file', progress);
    else this.#pace?.progress('file', progress);
  }

  finish(transcript: Transcript, warnings: readonly string[], historyId: string | null): void {
    this.state = 'done';
    this.durationMs = transcript.durationMs;
    this.doneMs = transcript.durationMs;
    this.warnings = warnings;
    this.historyId = historyId;
    this.transcript = historyId === null ? transcript : null;
    this.#excerpt = excerptOf(transcript);
    this.#pace = null;
  }

  end(state: 'failed' | 'cancelled', error: WireError | null): void {
    this.state = state;
    this.error = error;
    this.#pace = null;
  }
}

function excerptOf({ segments }: Transcript): string {
  let excerpt = '';
  for (const { text } of segments) {
    excerpt = excerpt === '' ? text : `${excerpt} ${text}`;
    if (excerpt.length >= EXCERPT_CHARACTERS) break;
  }
  // Never half of a character.
  return excerpt.slice(0, EXCERPT_CHARACTERS).replace(/\p{Cs}$/u, '');
}
