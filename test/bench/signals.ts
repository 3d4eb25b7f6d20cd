import type { AudioInput } from '../../src/cli/audio/audio-input.ts';
import { encodePcm } from '../../src/core/audio/pcm.ts';

const SAMPLE_RATE = 16_000;

/** Sounds in which nobody speaks. */
export const SPEECHLESS = {
  silence: () => 0,
  'noise at -50 dBFS': noise(10 ** (-50 / 20)),
  'noise at -30 dBFS': noise(10 ** (-30 / 20)),
  'hum of 50 Hz': (index: number) =>
    0.1 * Math.sin((2 * Math.PI * 50 * index) / SAMPLE_RATE) +
    0.03 * Math.sin((2 * Math.PI * 150 * index) / SAMPLE_RATE),
  'a chord that comes and goes': (index: number) => {
    const time = index / SAMPLE_RATE;
    const swell = 0.5 - 0.5 * Math.cos((2 * Math.PI * time) / 1.5);
    return (
      0.08 * swell * [220, 277.2, 329.6].reduce((sum, hertz) => sum + Math.sin(2 * Math.PI * hertz * time), 0)
    );
  },
} as const satisfies Record<string, (index: number) => number>;

/** White noise of a level (root mean square), the same at every run (a linear congruential generator). */
function noise(level: number): (index: number) => number {
  let state = 12_345;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state / 0x7fff_ffff - 0.5) * Math.sqrt(12) * level;
  };
}

/** `seconds` of a signal, as an input to stream. */
export function signalInput(signal: (index: number) => number, seconds: number): AudioInput {
  const samples = Float32Array.from({ length: seconds * SAMPLE_RATE }, (_, index) => signal(index));
  return audioInput(encodePcm(samples, 'pcm_s16le'));
}

/** 16-bit audio at 16 kHz as an input to stream. */
export function audioInput(bytes: Uint8Array): AudioInput {
  return {
    format: { encoding: 'pcm_s16le', sampleRate: SAMPLE_RATE, channels: 1 },
    chunks: (async function* () {
      yield bytes;
    })(),
  };
}
