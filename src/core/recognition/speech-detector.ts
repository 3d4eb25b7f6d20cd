import { SAMPLES_PER_MS, VOICE_ACTIVITY_WINDOW } from './voice-activity.ts';

export interface SpeechDetectorOptions {
  /** A window at or above this probability turns voice on. */
  readonly onThreshold?: number;
  /** Once on, voice stays on down to this probability. */
  readonly offThreshold?: number;
  /**
   * Evidence that makes a candidate speech, in milliseconds of *certain* speech: a window counts in
   * proportion to how far its probability lies above `offThreshold`. Noise that only tickles the network
   * (0.5 for a while) needs much longer than a clear "yes" (0.9, confirmed within about 150 ms).
   */
  readonly confirmationMs?: number;
  /** A candidate survives gaps up to this long: the stop in "okay" is no end. */
  readonly candidateGapMs?: number;
  /** A candidate not confirmed by then starts over. */
  readonly candidateLimitMs?: number;
  /** Audio kept before the first voiced window: the soft onset that the network hears late. */
  readonly preRollMs?: number;
  /** Position of the first sample of the first window. */
  readonly startPosition?: number;
}

/** `candidate`: there is voice, but not enough of it yet to be sure. */
export type SpeechPhase = 'silence' | 'candidate' | 'speech';

/** What is known at {@link position}. All positions are absolute samples at 16 kHz. */
export interface SpeechDetectorState {
  readonly phase: SpeechPhase;
  /** End of the last window that was judged. */
  readonly position: number;
  /** The last window was voiced. */
  readonly voiced: boolean;
  /** Where the candidate or the utterance starts, with its pre-roll; `null` in silence. */
  readonly speechStart: number | null;
  /** Start of its first voiced window; `null` in silence. */
  readonly voiceStart: number | null;
  /** End of its last voiced window; `null` in silence. */
  readonly speechEnd: number | null;
  /** Samples since the last voiced window, whatever the phase, or since the start where there was none. */
  readonly silenceSamples: number;
  /** Audio before it belongs to no present or future speech: it may be discarded once it was decoded. */
  readonly settledPosition: number;
}

/**
 * Turns speech probabilities, one a window of 512 samples, into speech with a start and an end. Pure: the
 * same probabilities give the same positions, whenever they arrive. It says for how long it has been
 * silent, but never ends an utterance: endpointing is the caller's decision ({@link endUtterance}).
 *
 * The hysteresis and its thresholds are those of Silero's `VADIterator`. Confirmation by evidence instead
 * of by duration was measured: no stretch of the noise clips at their own level sets it off (8 voiced windows
 * in a row: one clip does; less evidence than 112 ms: one does), and it hears more of the isolated
 * words of 200 to 300 ms (88 % against 63 %).
 */
export class SpeechDetector {
  readonly #onThreshold: number;
  readonly #offThreshold: number;
  readonly #confirmation: number;
  readonly #candidateGap: number;
  readonly #candidateLimit: number;
  readonly #preRoll: number;
  /** No speech may start before this: what lies there was accounted for. */
  #earliest: number;
  #position: number;
  #phase: SpeechPhase = 'silence';
  #voiced = false;
  /** First sample of the first voiced window of the candidate or utterance. */
  #onset = 0;
  #lastVoiced: number;
  /** Of the candidate, in samples of certain speech. */
  #evidence = 0;

  constructor(options: SpeechDetectorOptions = {}) {
    this.#onThreshold = options.onThreshold ?? 0.5;
    this.#offThreshold = options.offThreshold ?? 0.35;
    this.#confirmation = (options.confirmationMs ?? 128) * SAMPLES_PER_MS;
    this.#candidateGap = (options.candidateGapMs ?? 100) * SAMPLES_PER_MS;
    this.#candidateLimit = (options.candidateLimitMs ?? 1000) * SAMPLES_PER_MS;
    this.#preRoll = (options.preRollMs ?? 300) * SAMPLES_PER_MS;
    this.#position = options.startPosition ?? 0;
    this.#earliest = this.#position;
    this.#lastVoiced = this.#position;
  }

  get state(): SpeechDetectorState {
    const inSpeech = this.#phase !== 'silence';
    const start = Math.max(this.#earliest, (inSpeech ? this.#onset : this.#position) - this.#preRoll);
    return {
      phase: this.#phase,
      position: this.#position,
      voiced: this.#voiced,
      speechStart: inSpeech ? start : null,
      voiceStart: inSpeech ? Math.max(this.#earliest, this.#onset) : null,
      speechEnd: inSpeech ? this.#lastVoiced : null,
      silenceSamples: this.#position - this.#lastVoiced,
      settledPosition: start,
    };
  }

  /**
   * Judges the next window.
   * @param probability of speech, 0 to 1, in the samples from {@link SpeechDetectorState.position} on.
   * @param windowEnd where the window ends; before 512 samples only for the last window of a stream.
   */
  push(probability: number, windowEnd = this.#position + VOICE_ACTIVITY_WINDOW): SpeechDetectorState {
    const windowStart = this.#position;
    this.#position = windowEnd;
    this.#voiced = probability >= (this.#voiced ? this.#offThreshold : this.#onThreshold);
    if (this.#voiced) {
      if (this.#phase === 'silence') this.#startCandidate(windowStart);
      this.#lastVoiced = this.#position;
    }
    if (this.#phase === 'candidate') this.#judgeCandidate(probability, windowEnd - windowStart);
    return this.state;
  }

  /**
   * Ends the utterance (or gives up the candidate): what follows is new speech.
   * @param earliestStart no later speech starts before this position; audio up to it is accounted for.
   * By default it is left to the pre-roll.
   */
  endUtterance(earliestStart = this.#earliest): SpeechDetectorState {
    this.#phase = 'silence';
    this.#voiced = false;
    this.#earliest = Math.max(this.#earliest, Math.min(earliestStart, this.#position));
    return this.state;
  }

  #startCandidate(windowStart: number): void {
    this.#phase = 'candidate';
    this.#onset = windowStart;
    this.#evidence = 0;
  }

  #judgeCandidate(probability: number, windowLength: number): void {
    if (this.#voiced) {
      const certainty = (probability - this.#offThreshold) / (1 - this.#offThreshold);
      this.#evidence += certainty * windowLength;
    }
    if (this.#evidence >= this.#confirmation) {
      this.#phase = 'speech';
      return;
    }
    const fellSilent = this.#position - this.#lastVoiced > this.#candidateGap;
    const tooLong = this.#position - this.#onset > this.#candidateLimit;
    if (fellSilent || tooLong) this.#phase = 'silence';
  }
}
