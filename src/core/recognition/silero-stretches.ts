import { VOICE_ACTIVITY_WINDOW } from './voice-activity.ts';

/** Samples of the previous window that the network wants in front of each window (Silero v5 and v6, 16 kHz). */
export const CONTEXT = 64;
/** The recurrent state's shape is layers × rows × width. */
export const STATE_LAYERS = 2;
export const STATE_WIDTH = 128;

/** Below this peak (-80 dBFS, three steps of 16-bit audio) a window is digital silence: muted, gated or padding. */
const SILENCE_PEAK = 1e-4;
/** Windows of digital silence the network still hears after sound, so that its state settles: 320 ms. */
export const SETTLING_WINDOWS = 10;

/** Windows after which others in this process get a turn: some 10 ms of work in rows of eight. */
const WINDOWS_A_TURN = 8;

export function isDigitalSilence(window: Float32Array): boolean {
  return window.every((sample) => Math.abs(sample) < SILENCE_PEAK);
}

/** What the network remembers of the audio before, for several streams at once. */
export interface RecurrentState {
  readonly rows: number;
  values: Float32Array;
}

export function newRecurrentState(rows: number): RecurrentState {
  return { rows, values: new Float32Array(STATE_LAYERS * rows * STATE_WIDTH) };
}

/**
 * Hears stretches side by side, one row of the network's batch each, for the caller that need not hear them in
 * order. Measured: 0.60 ms of CPU a window alone, 0.18 ms a window in rows of four or more.
 * @param infer one run of the network, on `rows` windows with their context; it advances the state.
 * @returns for each stretch the probability in each of its windows.
 */
export async function judgeStretches(
  stretches: readonly Float32Array[],
  infer: (input: Float32Array, state: RecurrentState) => Promise<Float32Array>,
): Promise<Float32Array[]> {
  const results = stretches.map(({ length }) => new Float32Array(Math.ceil(length / VOICE_ACTIVITY_WINDOW)));
  const rows = stretches.length;
  const windows = Math.max(0, ...results.map(({ length }) => length));
  const state = newRecurrentState(rows);
  const silentWindows = new Array<number>(rows).fill(Number.POSITIVE_INFINITY);
  const width = CONTEXT + VOICE_ACTIVITY_WINDOW;
  for (let window = 0; window < windows; window++) {
    // The network answers without ever leaving the microtasks: live captions would stand still for seconds.
    if (window % WINDOWS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    const input = new Float32Array(rows * width);
    const muted: number[] = [];
    for (const [row, stretch] of stretches.entries()) {
      const from = window * VOICE_ACTIVITY_WINDOW;
      const audio = stretch.subarray(from, from + VOICE_ACTIVITY_WINDOW);
      input.set(
        stretch.subarray(Math.max(0, from - CONTEXT), from),
        row * width + Math.max(0, CONTEXT - from),
      );
      input.set(audio, row * width + CONTEXT);
      silentWindows[row] = isDigitalSilence(audio) ? (silentWindows[row] as number) + 1 : 0;
      if ((silentWindows[row] as number) > SETTLING_WINDOWS) muted.push(row);
    }
    if (muted.length === rows) continue;
    const before = state.values;
    const probabilities = await infer(input, state);
    // As for a live stream: the network must not get used to digital silence.
    for (const row of muted) keepRow(state, before, row);
    for (const [row, result] of results.entries()) {
      if (window < result.length && !muted.includes(row)) result[window] = probabilities[row] as number;
    }
  }
  return results;
}

/** Gives a row of the state back what it held before. */
function keepRow(state: RecurrentState, before: Float32Array, row: number): void {
  for (let layer = 0; layer < STATE_LAYERS; layer++) {
    const from = (layer * state.rows + row) * STATE_WIDTH;
    state.values.set(before.subarray(from, from + STATE_WIDTH), from);
  }
}
