import type { RecognitionEvent } from './events.ts';
import type { RecognizerOptions } from './recognizer-types.ts';
import { Segment } from './segment.ts';
import { SAMPLES_PER_MS } from './voice-activity.ts';

/** How a segment becomes final. */
export interface FinalForm {
  /** Position where its audio ends. */
  readonly end: number;
  readonly language: string;
  readonly fromFlush: boolean;
  /** Only what is stable: the rest belongs to the segment behind a cut. */
  readonly stableOnly: boolean;
}

/**
 * Writes the events of a transcript: numbers segments, keeps finals in order and apart, withdraws what came to
 * nothing, and remembers up to where the audio is accounted for. Positions are 16 kHz samples.
 */
export class TranscriptWriter {
  readonly #options: RecognizerOptions;
  readonly #emit: (event: RecognitionEvent) => void;
  #nextSegmentId: number;
  /** Of the partials of the next segment's id, which a withdrawn segment has used before. */
  #revision = 0;
  #lastFinalEndMs: number;
  #settled = 0;
  #committed = 0;

  constructor(options: RecognizerOptions, emit: (event: RecognitionEvent) => void) {
    this.#options = options;
    this.#emit = emit;
    this.#nextSegmentId = options.firstSegmentId;
    this.#lastFinalEndMs = options.startMs;
  }

  /** Audio before this belongs to finals or was silence; no segment starts earlier. */
  get settled(): number {
    return this.#settled;
  }

  /** @param start position; moved behind what is settled. */
  newSegment(start: number): Segment {
    return new Segment({
      id: this.#nextSegmentId,
      start: Math.max(this.#settled, start),
      streamStartMs: this.#options.startMs,
      revision: this.#revision,
    });
  }

  /** The segment that goes on behind a cut. */
  continueSegment(segment: Segment, cut: number): Segment {
    return segment.continueAt(cut, this.#nextSegmentId);
  }

  speech(type: 'speech_started' | 'speech_ended', position: number): void {
    this.#emit({ type, time_ms: this.timeOf(position) });
  }

  /** @returns whether there was anything new to show. */
  partial(segment: Segment, end: number): boolean {
    const partial = this.#options.interimResults ? segment.partial(end) : null;
    if (partial) this.#emit(partial);
    return partial !== null;
  }

  /** Sends a segment's final, or takes it back where nothing came of it. @returns the final's text and end. */
  final(segment: Segment, form: FinalForm): { text: string; endMs: number } | null {
    const options = {
      end: form.end,
      earliestMs: this.#lastFinalEndMs,
      language: form.language,
      wordTimestamps: this.#options.wordTimestamps,
      fromFlush: form.fromFlush,
      position: this.#settled,
    };
    const final = form.stableOnly ? segment.stableFinal(options) : segment.final(options);
    if (!final) {
      this.withdraw(segment, form.end);
      return null;
    }
    this.#committed = this.#settled;
    this.#revision = 0;
    this.#nextSegmentId++;
    this.#lastFinalEndMs = final.end_ms;
    this.#emit(final);
    return { text: final.text, endMs: final.end_ms };
  }

  /** Takes back what was shown of a segment. */
  withdraw(segment: Segment, end: number): void {
    const withdrawal = this.#options.interimResults ? segment.withdrawal(end) : null;
    this.#revision = segment.revision;
    if (withdrawal) this.#emit(withdrawal);
  }

  settle(position: number): void {
    this.#settled = Math.max(this.#settled, position);
  }

  /** Everything before `position` is accounted for. */
  commit(position: number): void {
    if (position <= this.#committed) return;
    this.#committed = position;
    this.settle(position);
    this.#emit({ type: 'committed', position });
  }

  /** Stream time of a position, in milliseconds. */
  timeOf(position: number): number {
    return this.#options.startMs + Math.floor(position / SAMPLES_PER_MS);
  }
}
