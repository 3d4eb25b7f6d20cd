import { type DecodePriority, EngineError } from '../engine/engine.ts';
import type { FlushId } from '../protocol/client-messages.ts';
import { ActivityHistory } from './activity-history.ts';
import type { RecognitionEvent } from './events.ts';
import { type Hypothesis, HypothesisDecoder } from './hypothesis-decoder.ts';
import { PartialPacing } from './partial-pacing.ts';
import { quietestPosition } from './quietest-position.ts';
import type {
  RecognitionObserver,
  RecognizerDependencies,
  RecognizerOptions,
  StreamRecognizer,
} from './recognizer-types.ts';
import type { Segment } from './segment.ts';
import { SpeechDetector } from './speech-detector.ts';
import type { CommitLimit } from './stable-text.ts';
import { type Marker, StreamIntake } from './stream-intake.ts';
import { TranscriptWriter } from './transcript-writer.ts';
import { SAMPLES_PER_MS } from './voice-activity.ts';

/** Silence after which the final decode starts, in the hope that it stays silent. */
const SPECULATE_AFTER_MS = 200;
/** Audio kept before detected speech, so that its first sound is not cut off. */
const PRE_ROLL_MS = 300;
/** From here on speech without a pause is cut at the next sentence end, … */
const CUT_AT_SENTENCE_MS = 10_000;
/** … from here at any stable word, … */
const CUT_AT_WORD_MS = 12_500;
/** … and here wherever the last hypothesis allows. */
const CUT_ANYWHERE_MS = 15_000;
/** A forced cut leaves this much for the next segment, since the last words are the least certain. */
const FORCED_CUT_MARGIN_MS = 1_000;
/** Voice this long behind the last decoded word was not decoded: an early end token, or a jump of the decoder. */
const UNDECODED_VOICE_MS = 700;
/** Less voice than this in a remainder is not worth a decode. */
const MINIMUM_VOICE_MS = 60;

/** Speech between `speech_started` and `speech_ended`. */
interface Utterance {
  segment: Segment;
  /** The decode made when silence set in; void as soon as someone speaks on. Positions. */
  speculation: { readonly voicedEnd: number; readonly end: number } | null;
}

/** Creates the recogniser of one stream. */
export function createRecognizer(
  options: RecognizerOptions,
  dependencies: RecognizerDependencies,
): StreamRecognizer {
  return new PipelineRecognizer(options, dependencies);
}

/**
 * One loop that takes the stream window by window: voice activity, endpointing, decodes, events. It waits for
 * each decode before it looks at the next window, so every decision falls at a sample position and the
 * result does not depend on how the audio arrived; being late shows as a backlog, which makes partials rarer.
 */
class PipelineRecognizer implements StreamRecognizer {
  readonly #options: RecognizerOptions;
  readonly #dependencies: RecognizerDependencies;
  readonly #observer: RecognitionObserver;
  readonly #intake: StreamIntake;
  readonly #writer: TranscriptWriter;
  readonly #decoder: HypothesisDecoder;
  readonly #detector = new SpeechDetector({ preRollMs: PRE_ROLL_MS });
  readonly #activity = new ActivityHistory();
  readonly #pacing = new PartialPacing();
  readonly #abort = new AbortController();
  #utterance: Utterance | null = null;
  #closed = false;
  readonly #done: Promise<void>;

  constructor(options: RecognizerOptions, dependencies: RecognizerDependencies) {
    this.#options = options;
    this.#dependencies = dependencies;
    this.#observer = dependencies.observer ?? {};
    const emit = (event: RecognitionEvent) => this.#emit(event);
    const { clock, lane } = dependencies;
    this.#intake = new StreamIntake({ clock, endpointingMs: options.endpointingMs, report: emit });
    this.#writer = new TranscriptWriter(options, emit);
    this.#decoder = new HypothesisDecoder(lane, options, this.#observer, this.#abort.signal);
    this.#done = this.#run();
  }

  get backlogMs(): number {
    return this.#intake.waiting / SAMPLES_PER_MS;
  }

  push(audio: Float32Array): void {
    this.#intake.push(audio);
  }

  holdStall(held: boolean): void {
    this.#intake.holdStall(held);
  }

  flush(id: FlushId): void {
    this.#intake.flush(id);
  }

  end(): Promise<void> {
    this.#intake.end();
    return this.#done;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#intake.close();
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    try {
      for (;;) {
        const step = await this.#intake.next();
        if (step.kind === 'closed') return;
        if (step.kind === 'window') await this.#takeWindow();
        else await this.#takeMarker(step.marker);
        this.#discardSettled();
        if (step.kind === 'marker' && step.marker.kind === 'end') return;
      }
    } catch (error) {
      // A close aborts what is running; nobody wants to hear of it.
      if (this.#closed) return;
      this.close();
      this.#dependencies.onFailure(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#dependencies.voiceActivity.close();
    }
  }

  /** One window of voice activity, and what follows from it. */
  async #takeWindow(): Promise<void> {
    const probability = await this.#dependencies.voiceActivity.probability(this.#intake.window());
    this.#intake.advance();
    this.#activity.add(this.#position, probability);
    const speech = this.#detector.push(probability, this.#position);
    if (this.#utterance) await this.#continueUtterance(this.#utterance);
    else if (speech.phase === 'speech')
      this.#beginUtterance(speech.speechStart ?? this.#position, speech.voiceStart);
    // In silence, all but what may still turn out to be the beginning of speech is accounted for.
    if (!this.#utterance) this.#writer.commit(this.#firstNeeded());
    this.#intake.worked();
  }

  /** @param start position of its first sample, pre-roll included. @param voiceStart of its first voiced one. */
  #beginUtterance(start: number, voiceStart: number | null): Utterance {
    this.#writer.speech('speech_started', voiceStart ?? start);
    this.#utterance = { segment: this.#writer.newSegment(start), speculation: null };
    this.#pacing.begin(this.#position);
    return this.#utterance;
  }

  async #continueUtterance(utterance: Utterance): Promise<void> {
    const voicedEnd = this.#voicedEnd;
    const silenceMs = (this.#position - voicedEnd) / SAMPLES_PER_MS;
    if (utterance.speculation?.voicedEnd !== voicedEnd) utterance.speculation = null;
    if (silenceMs >= this.#options.endpointingMs) {
      await this.#endUtterance(utterance, this.#position);
    } else if (silenceMs >= Math.min(SPECULATE_AFTER_MS, this.#options.endpointingMs)) {
      // Behind a live speaker the silence to come has been heard already: a decode in hope would only delay it.
      if (utterance.speculation || this.#pacing.isBehind(this.#intake.lagMs, this.#intake.waiting)) return;
      const { segment } = utterance;
      if (!this.#isWorthDecoding(segment, this.#position)) return;
      await this.#decodeSegment(utterance, 'final');
      // Where it was cut, what lies behind the cut has not been decoded by itself yet.
      if (utterance.segment === segment) utterance.speculation = { voicedEnd, end: this.#position };
    } else if (this.#isPartialDue(utterance.segment)) {
      await this.#decodeSegment(utterance, 'partial');
    }
  }

  #isPartialDue(segment: Segment): boolean {
    const lengthMs = this.#lengthMs(segment);
    // However late it is: an engine takes 30 s of audio at most.
    if (lengthMs >= CUT_ANYWHERE_MS) return true;
    // Without interim results only speech long enough to be cut needs to be looked into.
    if (!this.#options.interimResults && lengthMs < CUT_AT_SENTENCE_MS) return false;
    if (!this.#isWorthDecoding(segment, this.#position)) return false;
    return this.#pacing.isDue(this.#position, this.#intake.lagMs, this.#intake.waiting);
  }

  /** Voice was heard in it, or something of it is on screen: silence behind a flush or a cut is not decoded. */
  #isWorthDecoding(segment: Segment, end: number): boolean {
    return segment.isShown || this.#activity.voicedMs(segment.start, end) >= MINIMUM_VOICE_MS;
  }

  /** Decodes the segment's audio so far, cuts it where it has grown too long, and shows it. */
  async #decodeSegment(utterance: Utterance, priority: DecodePriority): Promise<void> {
    const { segment } = utterance;
    const hypothesis = await this.#decode(segment.start, this.#position, priority);
    if (!hypothesis) return;
    this.#pacing.decoded(this.#position, hypothesis.decodeMs);
    const limit = this.#lengthMs(segment) >= CUT_AT_SENTENCE_MS ? 'sentence' : 'all';
    this.#observe(segment, hypothesis, limit, this.#position);
    this.#cutIfLong(utterance);
    if (!this.#writer.partial(utterance.segment, this.#position)) return;
    const latencyMs = this.#intake.sinceArrivalMs(this.#position);
    if (latencyMs !== null) this.#observer.partialLatency?.(latencyMs);
  }

  /** @param end position where the audio that was decoded ends. */
  #observe(segment: Segment, hypothesis: Hypothesis, limit: CommitLimit, end: number): void {
    const repeats = segment.observe(hypothesis, limit, end);
    if (repeats > 0) this.#observer.suppressed?.('seam_repeat');
  }

  /** @returns null when a newer job took its place. */
  async #decode(from: number, to: number, priority: DecodePriority): Promise<Hypothesis | null> {
    try {
      return await this.#decoder.decode({
        audio: this.#intake.buffer.slice(from, to),
        startMs: this.#writer.timeOf(from),
        speechProbability: this.#activity.speechProbability(from, to),
        priority,
      });
    } catch (error) {
      const replaced = error instanceof EngineError && error.code === 'aborted' && priority === 'partial';
      if (replaced && !this.#closed) return null;
      throw error;
    }
  }

  #cutIfLong(utterance: Utterance): void {
    const { segment } = utterance;
    const lengthMs = this.#lengthMs(segment);
    if (lengthMs < CUT_AT_SENTENCE_MS) return;
    const isOverdue = lengthMs >= CUT_ANYWHERE_MS;
    // Also where a little is stable: a cut behind that would leave nearly all of it to be decoded again.
    if (isOverdue) segment.forceStable(this.#position - FORCED_CUT_MARGIN_MS * SAMPLES_PER_MS);
    const cut = segment.cutBehindStable(lengthMs >= CUT_AT_WORD_MS);
    if (!cut) {
      if (isOverdue) this.#passOver(utterance);
      return;
    }
    const position = quietestPosition(this.#intake.buffer, cut, {
      start: segment.start,
      end: this.#position,
    });
    this.#writer.settle(position);
    this.#writeFinal(segment, position, { fromFlush: false, stableOnly: true });
    utterance.segment = this.#writer.continueSegment(segment, position);
  }

  /** Voice without words for as long as a segment may be: nothing was said, and it need not be kept. */
  #passOver(utterance: Utterance): void {
    this.#writer.withdraw(utterance.segment, this.#position);
    this.#writer.settle(this.#position - FORCED_CUT_MARGIN_MS * SAMPLES_PER_MS);
    utterance.segment = this.#writer.newSegment(this.#writer.settled);
  }

  async #endUtterance(utterance: Utterance, end: number): Promise<void> {
    await this.#finishSegment(utterance, end, false);
    this.#utterance = null;
    this.#writer.speech('speech_ended', this.#voicedEnd);
    this.#forgetSpeech();
  }

  /** What follows is new speech. */
  #forgetSpeech(): void {
    this.#detector.endUtterance(this.#writer.settled);
    this.#dependencies.voiceActivity.reset();
  }

  /** Decodes what is left of a segment and sends its final. */
  async #finishSegment(utterance: Utterance, end: number, fromFlush: boolean): Promise<void> {
    const { segment, speculation } = utterance;
    if (!speculation && this.#isWorthDecoding(segment, end)) {
      const hypothesis = await this.#decode(segment.start, end, 'final');
      if (hypothesis) this.#observe(segment, hypothesis, 'all', end);
    }
    await this.#decodeRest(segment, end);
    this.#writer.settle(speculation?.end ?? end);
    if (!this.#writeFinal(segment, end, { fromFlush, stableOnly: false })) return;
    const latencyMs = this.#intake.sinceArrivalMs(Math.min(this.#voicedEnd, end));
    if (latencyMs !== null) this.#observer.finalLatency?.(latencyMs);
  }

  /** Decodes speech behind the last decoded word, where an early end token lost it. */
  async #decodeRest(segment: Segment, end: number): Promise<void> {
    const from = segment.lastWordEnd;
    if (from <= segment.start || from >= end) return;
    if (this.#activity.voicedMs(from, end) < UNDECODED_VOICE_MS) return;
    const rest = await this.#decode(from, end, 'final');
    if (rest) segment.extend(rest.units, (from - segment.start) / SAMPLES_PER_MS);
  }

  /** @returns whether there was anything to say. */
  #writeFinal(segment: Segment, end: number, how: { fromFlush: boolean; stableOnly: boolean }): boolean {
    const language = this.#decoder.textLanguage;
    const final = this.#writer.final(segment, { end, language, ...how });
    if (final) this.#decoder.prompt.remember(final.text, final.endMs);
    return final !== null;
  }

  async #takeMarker(marker: Marker): Promise<void> {
    switch (marker.kind) {
      case 'flush':
        await this.#flushTo(marker.position);
        this.#writer.commit(Math.min(marker.position, this.#firstNeeded()));
        this.#emit({ type: 'flushed', id: marker.id });
        return;
      case 'stall':
        // More audio came after all.
        if (this.#intake.buffer.end > marker.position) return;
        await this.#concludeSpeech(marker.position);
        return;
      case 'end':
        if (this.#position < marker.position) await this.#takeWindow();
        await this.#concludeSpeech(marker.position);
        this.#writer.commit(marker.position);
    }
  }

  async #flushTo(position: number): Promise<void> {
    const utterance = this.#utterance ?? this.#candidateUtterance();
    if (!utterance) return;
    utterance.speculation = null;
    await this.#finishSegment(utterance, position, true);
    this.#writer.settle(position);
    utterance.segment = this.#writer.newSegment(position);
  }

  /** Finishes whatever speech is pending, as if silence followed the audio before `position`. */
  async #concludeSpeech(position: number): Promise<void> {
    if (this.#utterance) {
      await this.#endUtterance(this.#utterance, position);
      return;
    }
    const candidate = this.#candidateUtterance();
    if (!candidate) return;
    // Too short to be announced as speech yet; it is only if words came of it.
    const { start } = candidate.segment;
    const hypothesis = await this.#decode(start, position, 'final');
    if (!hypothesis || hypothesis.units.length === 0) {
      this.#forgetSpeech();
      return;
    }
    const utterance = this.#beginUtterance(start, this.#detector.state.voiceStart);
    this.#observe(utterance.segment, hypothesis, 'all', position);
    utterance.speculation = { voicedEnd: this.#voicedEnd, end: position };
    await this.#endUtterance(utterance, position);
  }

  /** Voice that has not lasted long enough to count as speech, as something to decode all the same. */
  #candidateUtterance(): Utterance | null {
    const { phase, speechStart } = this.#detector.state;
    if (phase !== 'candidate' || speechStart === null) return null;
    return { segment: this.#writer.newSegment(speechStart), speculation: null };
  }

  /** Audio before this has been through voice activity. */
  get #position(): number {
    return this.#intake.position;
  }

  /** Position behind the last voiced window. */
  get #voicedEnd(): number {
    return Math.min(this.#detector.state.speechEnd ?? this.#position, this.#position);
  }

  /** Position of the first sample that may still be decoded. */
  #firstNeeded(): number {
    if (this.#utterance) return this.#utterance.segment.start;
    return Math.max(this.#writer.settled, Math.min(this.#detector.state.settledPosition, this.#position));
  }

  #discardSettled(): void {
    this.#intake.buffer.discardBefore(Math.min(this.#writer.settled, this.#position));
    this.#activity.discardBefore(this.#writer.settled);
  }

  #emit(event: RecognitionEvent): void {
    if (!this.#closed) this.#dependencies.onEvent(event);
  }

  #lengthMs(segment: Segment): number {
    return (this.#position - segment.start) / SAMPLES_PER_MS;
  }
}
