import type { CaptionPhase } from '../../core/captions/caption-state.ts';
import type { Clock, Timer } from '../../core/foundation/clock.ts';

/** Tells when nothing was said for so long that captions shall hide, and when they shall be back. */
export class SilenceWatch {
  readonly #clock: Clock;
  readonly #onChange: (hidden: boolean) => void;
  #timer: Timer | null = null;
  #afterMs = 0;
  #phase: CaptionPhase = 'idle';
  #speaking = false;
  #hidden = false;

  constructor(clock: Clock, onChange: (hidden: boolean) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** @param afterMs 0 never hides. */
  setDelay(afterMs: number): void {
    if (afterMs === this.#afterMs) return;
    this.#afterMs = afterMs;
    this.heard();
  }

  /** Something was said, or done. */
  heard(): void {
    this.#set(false);
    this.#wait();
  }

  setSpeaking(speaking: boolean): void {
    if (speaking === this.#speaking) return;
    this.#speaking = speaking;
    this.heard();
  }

  setPhase(phase: CaptionPhase): void {
    if (phase === this.#phase) return;
    this.#phase = phase;
    this.heard();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #wait(): void {
    this.#timer?.cancel();
    this.#timer = null;
    // Who pauses wants to read what was said.
    if (this.#afterMs === 0 || this.#speaking || this.#phase === 'paused') return;
    this.#timer = this.#clock.setTimer(this.#afterMs, () => this.#set(true));
  }

  #set(hidden: boolean): void {
    if (hidden === this.#hidden) return;
    this.#hidden = hidden;
    this.#onChange(hidden);
  }
}
