import type { PartialMessage, WordTiming } from '../protocol/server-messages.ts';
import type { FinalEvent } from './events.ts';
import type { Hypothesis } from './hypothesis-decoder.ts';
import { countSeamRepeats } from './seam-repeats.ts';
import { alignPrefix, type CommitLimit, StableText } from './stable-text.ts';
import { endsSentence, shiftUnits, type TextUnit, unitsText } from './text-units.ts';
import { SAMPLES_PER_MS } from './voice-activity.ts';

/** Words of the previous segment that a decoder may repeat at a seam. */
const SEAM_WORDS = 5;
/**
 * Words that end this close to the end of the audio are not committed, since they lack the context to their
 * right. Measured on the starter model's long talk at 8 kHz: 8 word errors with 0 and 350 ms, 6 with 500.
 */
const HOLD_BACK_MS = 500;

/** Where long speech can be cut in two. */
export interface Cut {
  /** 16 kHz samples from the start of the stream: the end of the last word and the start of the next. */
  readonly from: number;
  readonly to: number;
}

/** One stretch of speech on its way to a final: its audio's place, its stable text, its latest hypothesis. */
export class Segment {
  /** Position of its first sample at 16 kHz, from the first sample pushed. */
  readonly start: number;
  readonly #id: number;
  readonly #streamStartMs: number;
  readonly #text = new StableText();
  /** Normalised last words of the segment this one was cut from; empty after a pause. */
  readonly #seam: readonly string[];
  #hypothesis: readonly TextUnit[] = [];
  #revision: number;
  #shown: { text: string; stable: string } = { text: '', stable: '' };

  /** @param streamStartMs stream time of position 0. @param seam last units of the segment it was cut from. */
  constructor(options: {
    id: number;
    start: number;
    streamStartMs: number;
    revision?: number;
    seam?: readonly TextUnit[];
    pending?: readonly TextUnit[];
  }) {
    this.#id = options.id;
    this.start = options.start;
    this.#streamStartMs = options.streamStartMs;
    this.#revision = options.revision ?? 0;
    this.#seam = (options.seam ?? []).slice(-SEAM_WORDS).map((unit) => unit.normalized);
    this.#text.restart(options.pending ?? []);
  }

  /** Number of the latest partial. */
  get revision(): number {
    return this.#revision;
  }

  /** Whether a partial of it is on screen. */
  get isShown(): boolean {
    return this.#shown.text !== '';
  }

  /** Position where the latest hypothesis' last word ends, or the start where there is none. */
  get lastWordEnd(): number {
    return this.#positionOf(this.#hypothesis.at(-1)?.endMs ?? 0);
  }

  /**
   * Takes a hypothesis of all of the segment's audio so far.
   * @param end position where that audio ends. @returns how many repeated words were dropped.
   */
  observe(hypothesis: Hypothesis, limit: CommitLimit, end: number): number {
    const repeats = countSeamRepeats(hypothesis.units, this.#seam);
    this.#hypothesis = hypothesis.units.slice(repeats);
    const audioMs = (end - this.start) / SAMPLES_PER_MS;
    this.#text.update(this.#hypothesis, limit, audioMs - HOLD_BACK_MS);
    return repeats;
  }

  /** Adds what a later decode heard behind the last word. @param offsetMs where that decode's audio starts. */
  extend(units: readonly TextUnit[], offsetMs: number): void {
    const behind = shiftUnits(units, offsetMs);
    const repeats = countSeamRepeats(
      units,
      this.#hypothesis.slice(-SEAM_WORDS).map((unit) => unit.normalized),
    );
    this.#hypothesis = [...this.#hypothesis, ...behind.slice(repeats)];
  }

  /** The partial to send, or null where nothing changed. @param end position up to which audio was decoded. */
  partial(end: number): PartialMessage | null {
    const stable = this.#text.text.trimStart();
    const text = (unitsText(this.#text.units) + unitsText(this.#text.pending)).trim();
    if (text === this.#shown.text && stable === this.#shown.stable) return null;
    return this.#show(text, stable, end);
  }

  /** The partial that takes back what was shown, for a segment that came to nothing. */
  withdrawal(end: number): PartialMessage | null {
    return this.isShown ? this.#show('', '', end) : null;
  }

  /**
   * The final, keeping all that was stable; null where there is nothing to say.
   * @param end position where its audio ends. @param earliestMs end of the previous final.
   */
  final(options: {
    end: number;
    earliestMs: number;
    language: string;
    wordTimestamps: boolean;
    fromFlush: boolean;
    position: number;
  }): FinalEvent | null {
    return this.#finalOf(this.#text.finish(this.#hypothesis), options);
  }

  /** Like {@link final}, of the stable words alone. */
  stableFinal(options: Parameters<Segment['final']>[0]): FinalEvent | null {
    return this.#finalOf(this.#text.units, options);
  }

  /** Where to cut behind the stable text, if it ends a sentence or `anyWord` will do; null where nothing fits. */
  cutBehindStable(anyWord: boolean): Cut | null {
    const last = this.#text.units.at(-1);
    if (!last) return null;
    const covered = alignPrefix(this.#text.units, this.#hypothesis);
    const next = this.#hypothesis[covered];
    // Without a word behind it the stop may be the decoder's habit of ending every hypothesis with one.
    if (!anyWord && !(next && endsSentence(last))) return null;
    return this.#cutBetween(this.#hypothesis[covered - 1] ?? last, next);
  }

  /** Makes everything stable that ends before `position` (all, where nothing else is): long speech has to be cut. */
  forceStable(position: number): void {
    const settled = this.#hypothesis.filter((unit) => this.#positionOf(unit.endMs) < position);
    const forced = settled.length > 0 || this.#text.units.length > 0 ? settled : this.#hypothesis;
    this.#text.update(forced);
    this.#text.update(forced);
  }

  /** The segment behind a cut, going on with what the latest hypothesis said there. */
  continueAt(cut: number, id: number): Segment {
    const covered = alignPrefix(this.#text.units, this.#hypothesis);
    const cutMs = (cut - this.start) / SAMPLES_PER_MS;
    return new Segment({
      id,
      start: cut,
      streamStartMs: this.#streamStartMs,
      seam: this.#text.units,
      pending: shiftUnits(this.#hypothesis.slice(covered), -cutMs),
    });
  }

  #cutBetween(last: TextUnit, next: TextUnit | undefined): Cut {
    const from = this.#positionOf(last.endMs);
    return { from, to: Math.max(from, next ? this.#positionOf(next.startMs) : from) };
  }

  #positionOf(offsetMs: number): number {
    return this.start + Math.round(offsetMs * SAMPLES_PER_MS);
  }

  #timeOf(position: number): number {
    return this.#streamStartMs + Math.floor(position / SAMPLES_PER_MS);
  }

  #show(text: string, stable: string, end: number): PartialMessage {
    this.#shown = { text, stable };
    return {
      type: 'partial',
      segment_id: this.#id,
      revision: ++this.#revision,
      text,
      stable_text: stable,
      start_ms: this.#timeOf(this.start),
      end_ms: this.#timeOf(end),
    };
  }

  #finalOf(units: readonly TextUnit[], options: Parameters<Segment['final']>[0]): FinalEvent | null {
    const text = unitsText(units).trim();
    const segmentStartMs = this.#timeOf(this.start);
    const latestMs = this.#timeOf(options.end);
    const bounded = (timeMs: number) =>
      Math.round(Math.min(latestMs, Math.max(options.earliestMs, segmentStartMs + timeMs)));
    const words = wordTimings(units, bounded);
    const first = words[0];
    const last = words.at(-1);
    if (text === '' || !first || !last) return null;
    return {
      type: 'final',
      segment_id: this.#id,
      text,
      language: options.language,
      start_ms: first.start_ms,
      end_ms: last.end_ms,
      confidence: mean(units.map((unit) => unit.probability)),
      ...(options.wordTimestamps ? { words } : {}),
      ...(options.fromFlush ? { from_flush: true as const } : {}),
      position: options.position,
    };
  }
}

/** Times that never run backwards: those of stable words may come from an earlier decode than the rest. */
function wordTimings(units: readonly TextUnit[], bounded: (timeMs: number) => number): WordTiming[] {
  let earliest = 0;
  return units.map((unit) => {
    const startMs = Math.max(earliest, bounded(unit.startMs));
    const endMs = Math.max(startMs, bounded(unit.endMs));
    earliest = endMs;
    return {
      text: (unit.leading + unit.word + unit.trailing).trim(),
      start_ms: startMs,
      end_ms: endMs,
      confidence: unit.probability,
    };
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
