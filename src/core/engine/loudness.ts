import { ENGINE_SAMPLE_RATE } from './engine.ts';

/** Length of the frames that {@link frameEnergies} measures, in milliseconds. */
export const FRAME_MS = 10;
const FRAME_SAMPLES = (FRAME_MS / 1000) * ENGINE_SAMPLE_RATE;
/**
 * 30 dB under the loudest frame, as a ratio of energies. Unstressed syllables lie above it, what a room adds
 * behind the last word lies below.
 */
const QUIET_RATIO = 10 ** (-30 / 10);

/** Mean square of each frame of 10 ms. */
export function frameEnergies(audio: Float32Array): Float64Array {
  const energies = new Float64Array(Math.ceil(audio.length / FRAME_SAMPLES));
  for (let i = 0; i < energies.length; i++) {
    const end = Math.min((i + 1) * FRAME_SAMPLES, audio.length);
    let sum = 0;
    for (let k = i * FRAME_SAMPLES; k < end; k++) sum += (audio[k] as number) ** 2;
    energies[i] = sum / (end - i * FRAME_SAMPLES);
  }
  return energies;
}

/** Which of the frames are not quiet beside the loudest of them. All are where there is no sound at all. */
export function audibleFrames(energies: Float64Array): boolean[] {
  const loudest = energies.reduce((most, energy) => Math.max(most, energy), 0);
  return Array.from(energies, (energy) => energy >= loudest * QUIET_RATIO);
}
