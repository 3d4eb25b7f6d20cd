import {
  type StretchVoiceActivity,
  VOICE_ACTIVITY_WINDOW,
  type VoiceActivityModel,
} from './voice-activity.ts';

/** Below this level (dBFS, RMS of a window) nothing counts as speech, however quiet the room. */
const MINIMUM_SPEECH_DB = -55;
/** A window this far (dB) above the noise floor is as likely speech as not. */
const EVEN_ODDS_DB = 9;
/** Steepness: this many dB more (or less) give 0.88 (0.12). */
const SLOPE_DB = 2;
/** The floor starts here and never falls below, so that a muted stretch is no measure for what follows. */
const LOWEST_FLOOR_DB = MINIMUM_SPEECH_DB - EVEN_ODDS_DB;
/** The floor follows a quieter window by this share at once … */
const FALL_SHARE = 0.3;
/** … and creeps up by this many dB a window (3 dB/s) otherwise: a fan is learnt in seconds, a sentence is not. */
const RISE_DB = 0.096;

/**
 * Tells loud from quiet: a window's level against a noise floor that falls fast and rises slowly. It cannot
 * tell speech from music or clatter. It stands in where the Silero network cannot be loaded, and in tests
 * that need a detector without a model. Thresholds are those above; of the usual shape of energy detectors
 * (e.g. Rabiner & Sambur 1975), tuned on nothing.
 */
export class EnergyVoiceActivity implements VoiceActivityModel {
  #floorDb = LOWEST_FLOOR_DB;

  /** Immediate; otherwise as the interface says. */
  probability(window: Float32Array): number {
    if (window.length !== VOICE_ACTIVITY_WINDOW) {
      throw new RangeError(`A window holds ${VOICE_ACTIVITY_WINDOW} samples, not ${window.length}.`);
    }
    const levelDb = levelOf(window);
    const aboveDb = levelDb - this.#floorDb;
    const change = aboveDb < 0 ? aboveDb * FALL_SHARE : RISE_DB;
    this.#floorDb = Math.max(LOWEST_FLOOR_DB, this.#floorDb + change);
    return 1 / (1 + Math.exp((EVEN_ODDS_DB - aboveDb) / (SLOPE_DB / 2)));
  }

  /** Keeps the noise floor: the room is the same for the next utterance. */
  reset(): void {}

  close(): void {}
}

/** The same for recorded audio: every stretch with a noise floor of its own. */
export const energyStretches: StretchVoiceActivity = {
  judge: (stretches) => Promise.resolve(stretches.map(judgeStretch)),
};

function judgeStretch(stretch: Float32Array): Float32Array {
  const model = new EnergyVoiceActivity();
  const probabilities = new Float32Array(Math.ceil(stretch.length / VOICE_ACTIVITY_WINDOW));
  for (let index = 0; index < probabilities.length; index++) {
    const window = new Float32Array(VOICE_ACTIVITY_WINDOW);
    window.set(stretch.subarray(index * VOICE_ACTIVITY_WINDOW, (index + 1) * VOICE_ACTIVITY_WINDOW));
    probabilities[index] = model.probability(window);
  }
  return probabilities;
}

/** RMS in dBFS; digital silence is -100. */
function levelOf(window: Float32Array): number {
  let energy = 0;
  for (const sample of window) energy += sample * sample;
  return Math.max(-100, 10 * Math.log10(energy / window.length + 1e-12));
}
