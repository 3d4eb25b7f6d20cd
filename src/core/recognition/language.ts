import type { DecodeResult } from '../engine/engine.ts';

/** Speech that is enough to tell a language by, in milliseconds. */
const DETECTION_SPEECH_MS = 3_000;
/** Below this the guess is not kept. */
const CONFIDENT_DETECTION = 0.5;

/**
 * The language of a session: given, or detected once and then kept, because detection costs a full extra
 * encoder pass and a guess from little speech flips back and forth.
 */
export class SessionLanguage {
  #pinned: string | null;
  #latest = 'en';

  /** @param requested two-letter code or `auto`. @param multilingual an English-only model needs no detection. */
  constructor(requested: string, multilingual: boolean) {
    if (!multilingual) this.#pinned = 'en';
    else this.#pinned = requested === 'auto' ? null : requested;
    this.#latest = this.#pinned ?? 'en';
  }

  /** What to ask the engine for. */
  get request(): string {
    return this.#pinned ?? 'auto';
  }

  /** What to call the language of what was said. */
  get current(): string {
    return this.#latest;
  }

  /** @param audioMs length of the audio the result came from. */
  observe(result: DecodeResult, audioMs: number): void {
    if (this.#pinned !== null) return;
    this.#latest = result.language;
    if (audioMs >= DETECTION_SPEECH_MS && (result.languageProbability ?? 0) >= CONFIDENT_DETECTION) {
      this.#pinned = result.language;
    }
  }
}
