import { MonoMixer } from '../../core/audio/media/mono-mixer.ts';

/** Up to here (-3 dB) a sum of sources passes untouched; above, it is bent so that it never reaches full scale. */
const KNEE = 0.7;

/** Mixes the channels of each source to one, by energy: macOS can hand out a right channel that is silent. */
export class SourceMixer {
  #mixer = new MonoMixer();

  /** @param channels equally long. @returns `null` where there is no channel. */
  mono(channels: readonly Float32Array[]): Float32Array | null {
    if (channels.length === 0) return null;
    return this.#mixer.push(channels);
  }

  /** Another device: its channels have energies of their own. */
  reset(): void {
    this.#mixer = new MonoMixer();
  }
}

/** Adds the sources up. One alone passes as it is; a sum is limited softly, never clipped. */
export function sumSources(sources: readonly (Float32Array | null)[], length: number): Float32Array {
  const present = sources.filter((source) => source !== null);
  const [first] = present;
  if (first === undefined) return new Float32Array(length);
  if (present.length === 1) return first;
  const sum = new Float32Array(length);
  for (const source of present) {
    for (let i = 0; i < length; i++) sum[i] = (sum[i] as number) + (source[i] as number);
  }
  for (let i = 0; i < length; i++) sum[i] = limit(sum[i] as number);
  return sum;
}

function limit(sample: number): number {
  const size = Math.abs(sample);
  if (size <= KNEE) return sample;
  const room = 1 - KNEE;
  return Math.sign(sample) * (KNEE + room * Math.tanh((size - KNEE) / room));
}
