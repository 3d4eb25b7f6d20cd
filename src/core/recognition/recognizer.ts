import { SampleBuffer } from '../audio/sample-buffer.ts';
import { type DecodePriority, EngineError } from '../engine/engine.ts';
import type { Timer } from '../foundation/clock.ts';
import type { FlushId } from '../protocol/client-messages.ts';
import { ActivityHistory } from './activity-history.ts';
import { FlowControl } from './flow-control.ts';
import { type Hypothesis, HypothesisDecoder } from './hypothesis-decoder.ts';
import { PartialPacing } from './partial-pacing.ts';
import { quietestPosition } from './quietest-position.ts';
import { RealTimeSchedule } from './real-time-schedule.ts';
import type {
  RecognitionObserver,
  RecognizerDependencies,
  RecognizerOptions,
  StreamRecognizer,
} from './recognizer-types.ts';
import { Segment } from './segment.ts';
import { SpeechDetector } from './speech-detector.ts';
import { VOICE_ACTIVITY_WINDOW } from './voice-activity.ts';

const SAMPLES_PER_MS = 16;
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
/** Audio that stops arriving counts as silence after at least this long. */
const STALL_MS = 1_000;

/** Something that happens when all audio before `position` has been worked through. */
type Marker =
  | { readonly kind: 'flush'; readonly position: number; readonly id: FlushId }
  | { readonly kind: 'stall'; readonly position: number }
  | { readonly kind: 'end'; readonly position: number };

/** Speech between `speech_started` and `speech_ended`. */
interface Utterance {
  segment: Segment;
  /** The hypothesis of the decode made when silence set in, until someone speaks on. */
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
  readonly #decoder: HypothesisDecoder;
  readonly #detector = new SpeechDetector({ preRollMs: PRE_ROLL_MS });
  readonly #buffer = new SampleBuffer();
  readonly #activity = new ActivityHistory();
  readonly #schedule = new RealTimeSchedule();
  readonly #pacing = new PartialPacing();
  readonly #flow = new FlowControl();
  readonly #abort = new AbortController();
  readonly #markers: Marker[] = [];
  /** When audio up to a position had arrived, for latencies. */
  #arrivals: { readonly end: number; readonly atMs: number }[] = [];
  /** Audio before this has been through voice activity. */
  #position = 0;
  /** Audio before this belongs to finals or was silence; no segment starts earlier. */
  #settled = 0;
  #committed = 0;
  #utterance: Utterance | null = null;
  #nextSegmentId: number;
  #revision = 0;
  #lastFinalEndMs: number;
  #stallTimer: Timer | null = null;
  #stallHeld = false;
  #ended = false;
  #closed = false;
  #wake: (() => void) | null = null;
  readonly #done: Promise<void>;

  constructor(options: RecognizerOptions, dependencies: RecognizerDependencies) {
    this.#options = options;
    this.#dependencies = dependencies;
    this.#observer = dependencies.observer ?? {};
    this.#decoder = new HypothesisDecoder(dependencies.lane, options, this.#observer, this.#abort.signal);
    this.#nextSegmentId = options.firstSegmentId;
    this.#lastFinalEndMs = options.startMs;
    this.#done = this.#run();
  }

  get backlogMs(): number {
    return (this.#buffer.end - this.#position) / SAMPLES_PER_MS;
  }

  push(audio: Float32Array): void {
    if (this.#closed || this.#ended || audio.length === 0) return;
    const nowMs = this.#dependencies.clock.now();
    this.#schedule.arrived(this.#buffer.end / SAMPLES_PER_MS, nowMs);
    this.#buffer.append(audio);
    this.#arrivals.push({ end: this.#buffer.end, atMs: nowMs });
    this.#watchStall();
    this.#reportFlow();
    this.#wakeUp();
  }

  holdStall(held: boolean): void {
    this.#stallHeld = held;
    this.#watchStall();
  }

  flush(id: FlushId): void {
    this.#mark({ kind: 'flush', position: this.#buffer.end, id });
  }

  end(): Promise<void> {
    if (!this.#ended) {
      this.#ended = true;
      this.#stallTimer?.cancel();
      this.#mark({ kind: 'end', position: this.#buffer.end });
    }
    return this.#done;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stallTimer?.cancel();
    this.#abort.abort();
    this.#wakeUp();
  }

  async #run(): Promise<void> {
    try {
      while (!this.#closed) {
        const marker = this.#markers[0];
        const limit = marker?.position ?? this.#buffer.end;
        if (this.#position + VOICE_ACTIVITY_WINDOW <= limit) {
          await this.#takeWindow(this.#position + VOICE_ACTIVITY_WINDOW);
        } else if (marker) {
          await this.#takeMarker(marker);
          this.#markers.shift();
          if (marker.kind === 'end') return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } catch (error) {
      // A close aborts what is running; nobody wants to hear of it.
      if (this.#closed) return;
      this.#closed = true;
      this.#stallTimer?.cancel();
      this.#dependencies.onFailure(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#dependencies.voiceActivity.close();
    }
  }

  #mark(marker: Marker): void {
    if (this.#closed) return;
    this.#markers.push(marker);
    this.#wakeUp();
  }

  #wakeUp(): void {
    this.#wake?.();
    this.#wake = null;
  }

  /** One window of voice activity, and what follows from it. `end` may lie behind the audio: silence there. */
  async #takeWindow(end: number): Promise<void> {
    const window = new Float32Array(VOICE_ACTIVITY_WINDOW);
    window.set(this.#buffer.slice(this.#position, Math.min(end, this.#buffer.end)));
    const probability = await this.#dependencies.voiceActivity.probability(window);
    this.#position = Math.min(end, this.#buffer.end);
    this.#activity.add(this.#position, probability);
    const speech = this.#detector.push(probability);
    if (this.#utterance) await this.#continueUtterance(this.#utterance);
    else if (speech.phase === 'speech') this.#beginUtterance(speech.speechStart ?? speech.position);
    this.#commitSilence();
    this.#reportFlow();
  }

  #beginUtterance(start: number): void {
    const segmentStart = Math.max(this.#settled, start);
    this.#emitSpeech('speech_started', Math.min(start + PRE_ROLL_MS * SAMPLES_PER_MS, this.#position));
    this.#utterance = { segment: this.#newSegment(segmentStart), speculation: null };
    this.#pacing.begin(this.#position);
  }

  async #continueUtterance(utterance: Utterance): Promise<void> {
    const voicedEnd = this.#voicedEnd;
    const silenceMs = (this.#position - voicedEnd) / SAMPLES_PER_MS;
    if (utterance.speculation && utterance.speculation.voicedEnd !== voicedEnd) utterance.speculation = null;
    if (silenceMs >= this.#options.endpointingMs) {
      await this.#endUtterance(utterance, this.#position);
    } else if (silenceMs >= Math.min(SPECULATE_AFTER_MS, this.#options.endpointingMs)) {
      if (!utterance.speculation) {
        await this.#decodeSegment(utterance, 'final');
        utterance.speculation = { voicedEnd, end: this.#position };
      }
    } else if (this.#isPartialDue(utterance.segment)) {
      await this.#decodeSegment(utterance, 'partial');
    }
  }

  #isPartialDue(segment: Segment): boolean {
    // Without interim results only speech long enough to be cut needs to be looked into.
    const needed = this.#options.interimResults || this.#lengthMs(segment) >= CUT_AT_SENTENCE_MS;
    if (!needed) return false;
    const nowMs = this.#dependencies.clock.now();
    const lagMs = this.#schedule.lagMs(this.#position / SAMPLES_PER_MS, nowMs);
    const mustCut = this.#lengthMs(segment) >= CUT_ANYWHERE_MS;
    return this.#pacing.isDue(this.#position, mustCut ? 0 : lagMs, this.#buffer.end - this.#position);
  }

  /** Decodes the segment's audio so far, shows it, and cuts it where it has grown too long. */
  async #decodeSegment(utterance: Utterance, priority: DecodePriority): Promise<void> {
    const { segment } = utterance;
    const hypothesis = await this.#decode(segment.start, this.#position, priority);
    if (!hypothesis) return;
    this.#pacing.decoded(this.#position, hypothesis.decodeMs);
    this.#observe(segment, hypothesis, this.#lengthMs(segment) >= CUT_AT_SENTENCE_MS ? 'sentence' : 'all');
    this.#cutIfLong(utterance);
    this.#showPartial(utterance.segment);
  }

  #observe(segment: Segment, hypothesis: Hypothesis, limit: 'all' | 'sentence'): void {
    const repeats = segment.observe(hypothesis, limit);
    if (repeats > 0) this.#observer.suppressed?.('seam_repeat');
  }

  /** @returns null when a newer job took its place. */
  async #decode(from: number, to: number, priority: DecodePriority): Promise<Hypothesis | null> {
    try {
      return await this.#decoder.decode({
        audio: this.#buffer.slice(from, to),
        startMs: this.#timeOf(from),
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
    let cut = segment.cutBehindStable(lengthMs >= CUT_AT_WORD_MS);
    if (!cut && lengthMs >= CUT_ANYWHERE_MS) {
      segment.forceStable(this.#position - FORCED_CUT_MARGIN_MS * SAMPLES_PER_MS);
      cut = segment.cutBehindStable(true);
      if (!cut) {
        this.#passOver(utterance);
        return;
      }
    }
    if (!cut) return;
    const position = quietestPosition(this.#buffer, cut.from, Math.min(cut.to, this.#position));
    this.#settle(position);
    this.#emitFinal(segment, position, { fromFlush: false, stableOnly: true });
    utterance.segment = segment.continueAt(position, this.#nextSegmentId);
  }

  /** Voice without words for as long as a segment may be: nothing was said, and it need not be kept. */
  #passOver(utterance: Utterance): void {
    this.#withdraw(utterance.segment);
    this.#settle(this.#position - FORCED_CUT_MARGIN_MS * SAMPLES_PER_MS);
    utterance.segment = this.#newSegment(this.#settled);
  }

  async #endUtterance(utterance: Utterance, end: number): Promise<void> {
    await this.#finishSegment(utterance, end, false);
    const voicedEnd = this.#voicedEnd;
    this.#utterance = null;
    this.#emitSpeech('speech_ended', Math.min(voicedEnd, this.#buffer.end));
    this.#forgetSpeech();
  }

  /** What follows is new speech. */
  #forgetSpeech(): void {
    this.#detector.endUtterance(this.#settled);
    this.#dependencies.voiceActivity.reset();
  }

  /** Position behind the last voiced window. */
  get #voicedEnd(): number {
    return Math.min(this.#detector.state.speechEnd ?? this.#position, this.#position);
  }

  /** Decodes what is left of a segment and sends its final. */
  async #finishSegment(utterance: Utterance, end: number, fromFlush: boolean): Promise<void> {
    const { segment, speculation } = utterance;
    const voicedMs = this.#activity.voicedMs(segment.start, end);
    if (!speculation && (voicedMs >= MINIMUM_VOICE_MS || segment.isShown)) {
      const hypothesis = await this.#decode(segment.start, end, 'final');
      if (hypothesis) this.#observe(segment, hypothesis, 'all');
    }
    await this.#decodeRest(segment, end);
    this.#settle(speculation?.end ?? end);
    this.#emitFinal(segment, end, { fromFlush, stableOnly: false });
    const voicedEnd = Math.min(this.#voicedEnd, end);
    this.#observeLatency(voicedEnd, (latencyMs) => this.#observer.finalLatency?.(latencyMs));
  }

  /** Decodes speech behind the last decoded word, where an early end token lost it. */
  async #decodeRest(segment: Segment, end: number): Promise<void> {
    const from = segment.lastWordEnd;
    if (from <= segment.start || from >= end) return;
    if (this.#activity.voicedMs(from, end) < UNDECODED_VOICE_MS) return;
    const rest = await this.#decode(from, end, 'final');
    if (rest) segment.extend(rest.units, (from - segment.start) / SAMPLES_PER_MS);
  }

  async #takeMarker(marker: Marker): Promise<void> {
    switch (marker.kind) {
      case 'flush':
        await this.#flushTo(marker.position);
        this.#commit(Math.min(marker.position, this.#firstNeeded()));
        this.#emit({ type: 'flushed', id: marker.id });
        return;
      case 'stall':
        // More audio came after all.
        if (this.#buffer.end > marker.position) return;
        await this.#concludeSpeech(marker.position);
        return;
      case 'end':
        if (this.#position < marker.position) await this.#takeWindow(this.#position + VOICE_ACTIVITY_WINDOW);
        await this.#concludeSpeech(marker.position);
        this.#settle(marker.position);
        this.#commit(marker.position);
    }
  }

  async #flushTo(position: number): Promise<void> {
    const utterance = this.#utterance ?? this.#candidateUtterance();
    if (!utterance) return;
    utterance.speculation = null;
    await this.#finishSegment(utterance, position, true);
    this.#settle(position);
    utterance.segment = this.#newSegment(position);
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
    const hypothesis = await this.#decode(candidate.segment.start, position, 'final');
    if (hypothesis && hypothesis.units.length > 0) {
      this.#beginUtterance(candidate.segment.start);
      const utterance = this.#utterance as Utterance | null;
      if (!utterance) return;
      this.#observe(utterance.segment, hypothesis, 'all');
      utterance.speculation = { voicedEnd: this.#voicedEnd, end: position };
      await this.#endUtterance(utterance, position);
    } else {
      this.#forgetSpeech();
    }
  }

  /** Voice that has not lasted long enough to count as speech, as something to decode all the same. */
  #candidateUtterance(): Utterance | null {
    const { phase, speechStart: start } = this.#detector.state;
    if (phase !== 'candidate' || start === null) return null;
    return { segment: this.#newSegment(Math.max(this.#settled, start)), speculation: null };
  }

  #newSegment(start: number): Segment {
    return new Segment({
      id: this.#nextSegmentId,
      start,
      streamStartMs: this.#options.startMs,
      revision: this.#revision,
    });
  }

  #showPartial(segment: Segment): void {
    if (!this.#options.interimResults) return;
    const partial = segment.partial(this.#position);
    if (!partial) return;
    this.#emit(partial);
    this.#observeLatency(this.#position, (latencyMs) => this.#observer.partialLatency?.(latencyMs));
  }

  #emitFinal(segment: Segment, end: number, how: { fromFlush: boolean; stableOnly: boolean }): void {
    const options = {
      end,
      earliestMs: this.#lastFinalEndMs,
      language: this.#decoder.language.current,
      wordTimestamps: this.#options.wordTimestamps,
      fromFlush: how.fromFlush,
      position: this.#settled,
    };
    const final = how.stableOnly ? segment.stableFinal(options) : segment.final(options);
    if (!final) {
      this.#withdraw(segment);
      return;
    }
    this.#committed = this.#settled;
    this.#revision = 0;
    this.#nextSegmentId++;
    this.#lastFinalEndMs = final.end_ms;
    this.#decoder.prompt.remember(final.text, final.end_ms);
    this.#emit(final);
    this.#discardSettled();
  }

  #withdraw(segment: Segment): void {
    const withdrawal = segment.withdrawal(this.#position);
    this.#revision = segment.revision;
    if (withdrawal && this.#options.interimResults) {
      this.#revision = withdrawal.revision;
      this.#emit(withdrawal);
    }
  }

  #settle(position: number): void {
    this.#settled = Math.max(this.#settled, position);
  }

  /** In silence, all but what may still turn out to be the beginning of speech is accounted for. */
  #commitSilence(): void {
    if (this.#utterance) return;
    this.#commit(this.#firstNeeded());
  }

  /** Position of the first sample that may still be decoded. */
  #firstNeeded(): number {
    if (this.#utterance) return this.#utterance.segment.start;
    return Math.max(this.#settled, Math.min(this.#detector.state.settledPosition, this.#position));
  }

  #commit(position: number): void {
    if (position <= this.#committed) return;
    this.#committed = position;
    this.#settle(position);
    this.#emit({ type: 'committed', position });
    this.#discardSettled();
  }

  #discardSettled(): void {
    this.#buffer.discardBefore(Math.min(this.#settled, this.#position));
    this.#activity.discardBefore(this.#settled);
  }

  #watchStall(): void {
    this.#stallTimer?.cancel();
    this.#stallTimer = null;
    if (this.#stallHeld || this.#ended || this.#closed || this.#buffer.end === 0) return;
    const delayMs = Math.max(this.#options.endpointingMs, STALL_MS);
    const position = this.#buffer.end;
    this.#stallTimer = this.#dependencies.clock.setTimer(delayMs, () => {
      this.#mark({ kind: 'stall', position });
    });
  }

  #reportFlow(): void {
    const waitingMs = Math.floor(this.backlogMs);
    const { state, intakeOpen } = this.#flow.update(waitingMs);
    if (state) this.#emit({ type: 'flow', state, lag_ms: waitingMs });
    if (intakeOpen !== null) this.#emit({ type: 'intake', open: intakeOpen });
  }

  #observeLatency(position: number, observe: (latencyMs: number) => void): void {
    const arrival = this.#arrivals.find(({ end }) => end >= position);
    this.#arrivals = this.#arrivals.filter(({ end }) => end >= position);
    if (arrival) observe(this.#dependencies.clock.now() - arrival.atMs);
  }

  #emitSpeech(type: 'speech_started' | 'speech_ended', position: number): void {
    this.#emit({ type, time_ms: this.#timeOf(position) });
  }

  #emit(event: Parameters<RecognizerDependencies['onEvent']>[0]): void {
    if (!this.#closed) this.#dependencies.onEvent(event);
  }

  #lengthMs(segment: Segment): number {
    return (this.#position - segment.start) / SAMPLES_PER_MS;
  }

  #timeOf(position: number): number {
    return this.#options.startMs + Math.floor(position / SAMPLES_PER_MS);
  }
}
