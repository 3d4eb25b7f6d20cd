import type { DecodePriority, DecodeResult } from '../engine/engine.ts';

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
  #latest: string;
  /** What the latest finals were all taken for, and how much audio they had together, in milliseconds. */
  #agreed: string | null = null;
  #agreedMs = 0;
  /** How much audio was taken for each language, in milliseconds, by how sure that was. */
  readonly #evidenceMs = new Map<string, number>();

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

  /** Whether it will not change any more. */
  get isSettled(): boolean {
    return this.#pinned !== null;
  }

  /** Keeps to the guess that most of the audio so far speaks for; the first of several. */
  settle(): void {
    if (this.#pinned !== null) return;
    const [best] = [...this.#evidenceMs].sort(([, a], [, b]) => b - a);
    if (best) [this.#latest] = best;
    this.#pinned = this.#latest;
  }

  /** What to call the language of what was said. */
  get current(): string {
    return this.#latest;
  }

  /**
   * Takes a guess. Enough speech in one piece settles it; so do short utterances that together last as long and
   * agree, since someone who only ever says a few words would have every decode detect anew.
   * @param audioMs length of the audio the result came from. @param priority partials repeat the same audio.
   */
  observe(result: DecodeResult, audioMs: number, priority: DecodePriority): void {
    if (this.#pinned !== null) return;
    const probability = result.languageProbability ?? 0;
    const isConfident = probability >= CONFIDENT_DETECTION;
    this.#latest = result.language;
    if (priority !== 'partial') {
      const evidenceMs = this.#evidenceMs.get(result.language) ?? 0;
      this.#evidenceMs.set(result.language, evidenceMs + audioMs * probability);
    }
    if (priority === 'final' && isConfident) {
      this.#agreedMs = result.language === this.#agreed ? this.#agreedMs + audioMs : audioMs;
      this.#agreed = result.language;
    }
    const enoughMs = result.language === this.#agreed ? Math.max(audioMs, this.#agreedMs) : audioMs;
    if (isConfident && enoughMs >= DETECTION_SPEECH_MS) this.#pinned = result.language;
  }
}
