import type { Clock } from '../../core/foundation/clock.ts';
import type { SurtitleError } from '../../core/foundation/errors.ts';
import { captureError } from './capture-errors.ts';
import type { SoundInput, SystemAudioWay } from './capture-ports.ts';
import { Decimator } from './decimator.ts';
import { SampleRing } from './sample-ring.ts';

const FIRST_SAMPLES_MS = 5_000;

/** System audio that somebody else reads and sends here: 48 kHz, mono. */
export class ExternalAudio implements SystemAudioWay {
  readonly path = 'monitor';
  readonly reopens = true;
  readonly #want: (wanted: boolean) => void;
  readonly #clock: Clock;
  #opening: { resolve(): void; reject(error: SurtitleError): void } | null = null;
  #ring: SampleRing | null = null;
  #decimator = new Decimator();
  #ended: ((error: SurtitleError) => void) | null = null;

  /** @param want tells whether samples are to be sent. */
  constructor(want: (wanted: boolean) => void, clock: Clock) {
    this.#want = want;
    this.#clock = clock;
  }

  async open(): Promise<SoundInput> {
    const ring = new SampleRing();
    this.#ring = ring;
    this.#decimator = new Decimator();
    const close = (): void => {
      if (this.#ring !== ring) return;
      this.#ring = null;
      this.#ended = null;
      this.#want(false);
    };
    try {
      await new Promise<void>((resolve, reject) => {
        const timer = this.#clock.setTimer(FIRST_SAMPLES_MS, () =>
          reject(captureError('system_audio_unavailable')),
        );
        const settle = (): void => {
          timer.cancel();
          this.#opening = null;
        };
        this.#opening = {
          resolve: () => {
            settle();
            resolve();
          },
          reject: (error) => {
            settle();
            reject(error);
          },
        };
        this.#want(true);
      });
    } catch (error) {
      close();
      throw error;
    }
    return {
      label: 'System audio',
      stream: null,
      ring,
      onEnded: (listener) => {
        this.#ended = listener;
      },
      close,
    };
  }

  /** Samples that came. */
  samples(samples: Float32Array): void {
    this.#ring?.write(this.#decimator.push(samples));
    this.#opening?.resolve();
  }

  /** No more will come. */
  ended(error: SurtitleError): void {
    const listener = this.#ended;
    this.#ended = null;
    if (this.#opening) this.#opening.reject(error);
    else listener?.(error);
  }
}
