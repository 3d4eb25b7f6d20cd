/** Positions in this room count samples at 16 kHz. */
export const SAMPLES_PER_MS = 16;
/** Samples per decision: 32 ms. */
export const VOICE_ACTIVITY_WINDOW = 512;

/** Tells speech from everything else, one window at a time. */
export interface VoiceActivityModel {
  /**
   * Probability of speech in one window.
   * @param window exactly {@link VOICE_ACTIVITY_WINDOW} samples, mono, 16 kHz, -1 to 1, in stream order.
   * @returns 0 to 1.
   */
  probability(window: Float32Array): Promise<number> | number;
  /** Forgets what was heard. Called between utterances, because the recurrent state drifts. */
  reset(): void;
  /** Frees what the model holds. */
  close(): void;
}

/** Voice activity of recorded audio, which need not be heard in order. */
export interface StretchVoiceActivity {
  /**
   * Hears several stretches of audio side by side, each from a reset state: with a network several times faster
   * than one after the other.
   * @param stretches mono, 16 kHz, -1 to 1; a last window that is not full is filled up with silence.
   * @returns for each stretch the probability of speech, 0 to 1, in each of its windows.
   */
  judge(stretches: readonly Float32Array[]): Promise<Float32Array[]>;
}
