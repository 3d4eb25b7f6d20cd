import { AudioFileError } from '../../audio-file-error.ts';

/** Two days of AAC. */
const MAX_SAMPLES = 8_000_000;

/** Where a track's samples (one frame of the codec each) lie in the file, and when they are heard. */
export class Mp4Samples {
  #offsets = new Float64Array(1024);
  #sizes = new Uint32Array(1024);
  #count = 0;
  /** Runs of samples of one duration behind a gap, in the track's time scale. */
  readonly #durations: { readonly gap: number; count: number; readonly duration: number }[] = [];
  #duration = 0;

  get count(): number {
    return this.#count;
  }

  /** When the last sample ends. */
  get duration(): number {
    return this.#duration;
  }

  /** @throws {AudioFileError} `audio_file_unsupported` for more than {@link MAX_SAMPLES}. */
  push(offset: number, size: number): void {
    if (this.#count === MAX_SAMPLES) {
      throw new AudioFileError(
        'audio_file_unsupported',
        `This file has more than ${MAX_SAMPLES} frames. Cut it into shorter files.`,
      );
    }
    if (this.#count === this.#offsets.length) {
      this.#offsets = grown(this.#offsets, new Float64Array(this.#count * 2));
      this.#sizes = grown(this.#sizes, new Uint32Array(this.#count * 2));
    }
    this.#offsets[this.#count] = offset;
    this.#sizes[this.#count] = size;
    this.#count++;
  }

  /** @param gap between the sample before and these. */
  pushDuration(count: number, duration: number, gap = 0): void {
    this.#duration += gap + count * duration;
    const last = this.#durations.at(-1);
    if (last?.duration === duration && gap === 0) last.count += count;
    else this.#durations.push({ gap, count, duration });
  }

  offset(index: number): number {
    return this.#offsets[index] as number;
  }

  size(index: number): number {
    return this.#sizes[index] as number;
  }

  /** When each sample starts, in order. */
  *starts(): Generator<number> {
    let start = 0;
    for (const { gap, count, duration } of this.#durations) {
      start += gap;
      for (let i = 0; i < count; i++) {
        yield start;
        start += duration;
      }
    }
    for (;;) yield start;
  }
}

function grown<Numbers extends Float64Array | Uint32Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}
