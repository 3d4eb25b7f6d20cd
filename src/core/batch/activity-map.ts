import type { SampleBuffer } from '../audio/sample-buffer.ts';
import { ActivityHistory } from '../recognition/activity-history.ts';
import { type StretchVoiceActivity, VOICE_ACTIVITY_WINDOW } from '../recognition/voice-activity.ts';

/** Windows judged from one reset of the network: 10.24 s. It drifts over longer ones. */
const STRETCH_WINDOWS = 320;
/** Windows heard before them, so that the network knows the room: 1.024 s. */
const WARM_UP_WINDOWS = 32;
/** Stretches heard side by side; more gain nothing (measured). */
const STRETCHES_AT_ONCE = 8;

/**
 * Where there is speech in a recording. The stretches lie on a fixed grid from its first sample, so the answer
 * for a place depends on the audio around it alone: not on where reading began, nor on what was asked before.
 */
export class ActivityMap {
  readonly #voiceActivity: StretchVoiceActivity;
  readonly #buffer: SampleBuffer;
  /** Probabilities of windows from {@link #firstWindow} on. */
  #probabilities: number[] = [];
  #firstWindow: number;

  /**
   * @param buffer keeps the audio from {@link ActivityMap.audioNeededFrom} on.
   * @param from position of the first sample that will be asked about.
   */
  constructor(voiceActivity: StretchVoiceActivity, buffer: SampleBuffer, from: number) {
    this.#voiceActivity = voiceActivity;
    this.#buffer = buffer;
    this.#firstWindow = firstWindowOf(from);
  }

  /** Position of the first sample needed to judge audio from `from` on. */
  static audioNeededFrom(from: number): number {
    return Math.max(0, firstWindowOf(from) - WARM_UP_WINDOWS) * VOICE_ACTIVITY_WINDOW;
  }

  /** Position up to which it is known where there is speech; behind the end of the audio once that was judged. */
  get end(): number {
    return (this.#firstWindow + this.#probabilities.length) * VOICE_ACTIVITY_WINDOW;
  }

  /** Whether enough audio has arrived for {@link judge} to be worth a call. */
  get isDue(): boolean {
    const full = STRETCHES_AT_ONCE * STRETCH_WINDOWS * VOICE_ACTIVITY_WINDOW;
    return this.#buffer.end - this.end >= full;
  }

  /** Judges what has arrived: whole stretches, or everything if the audio has ended. */
  async judge(audioHasEnded: boolean): Promise<void> {
    const missing = Math.max(0, this.#buffer.end - this.end) / VOICE_ACTIVITY_WINDOW / STRETCH_WINDOWS;
    const count = audioHasEnded ? Math.ceil(missing) : Math.floor(missing);
    for (let done = 0; done < count; done += STRETCHES_AT_ONCE) {
      await this.#judgeStretches(Math.min(STRETCHES_AT_ONCE, count - done));
    }
  }

  /** Probability of speech, 0 to 1, in the window that starts at `position` (a multiple of the window). */
  probabilityAt(position: number): number {
    return this.#probabilities[position / VOICE_ACTIVITY_WINDOW - this.#firstWindow] ?? 0;
  }

  /** What is known of the audio between two positions, to be kept by whoever decodes it. */
  historyOf(from: number, to: number): ActivityHistory {
    const history = new ActivityHistory();
    const first = Math.ceil(from / VOICE_ACTIVITY_WINDOW);
    for (let position = first * VOICE_ACTIVITY_WINDOW; position < to; position += VOICE_ACTIVITY_WINDOW) {
      history.add(Math.min(to, position + VOICE_ACTIVITY_WINDOW), this.probabilityAt(position));
    }
    return history;
  }

  /** Forgets what lies before `position`. */
  discardBefore(position: number): void {
    const spent = Math.floor(position / VOICE_ACTIVITY_WINDOW) - this.#firstWindow;
    if (spent <= 0) return;
    this.#probabilities.splice(0, spent);
    this.#firstWindow += spent;
  }

  async #judgeStretches(count: number): Promise<void> {
    const next = this.#firstWindow + this.#probabilities.length;
    const starts = Array.from({ length: count }, (_, index) => next + index * STRETCH_WINDOWS);
    const stretches = starts.map((start) =>
      this.#buffer.slice(
        Math.max(0, start - WARM_UP_WINDOWS) * VOICE_ACTIVITY_WINDOW,
        Math.min(this.#buffer.end, (start + STRETCH_WINDOWS) * VOICE_ACTIVITY_WINDOW),
      ),
    );
    const judged = await this.#voiceActivity.judge(stretches);
    for (const [index, start] of starts.entries()) {
      const warmUp = Math.min(start, WARM_UP_WINDOWS);
      for (const probability of judged[index]?.subarray(warmUp) ?? []) this.#probabilities.push(probability);
    }
  }
}

/** First window of the stretch that a position lies in. */
function firstWindowOf(position: number): number {
  return Math.floor(position / VOICE_ACTIVITY_WINDOW / STRETCH_WINDOWS) * STRETCH_WINDOWS;
}
