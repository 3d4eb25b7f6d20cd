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
