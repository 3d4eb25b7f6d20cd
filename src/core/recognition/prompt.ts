import { MAX_PROMPT_CHARACTERS } from '../protocol/limits.ts';

/** How much of what was said goes into the prompt, in characters. */
const CONTEXT_CHARACTERS = 200;
/** What was said this long before the next speech no longer says anything about it. */
const CONTEXT_MAX_SILENCE_MS = 10_000;

/**
 * The text a decode is told to come after: what was said, the caller's prompt, and the vocabulary last,
 * because only the last 224 tokens count. Never holds text that is still in the audio being decoded.
 */
export class DecodePrompt {
  readonly #fixed: string;
  #context = '';
  #contextEndMs = 0;

  constructor(prompt: string | undefined, vocabulary: readonly string[] | undefined) {
    this.#fixed = [prompt?.trim() ?? '', (vocabulary ?? []).join(', ')]
      .filter((part) => part !== '')
      .join(' ')
      .slice(0, MAX_PROMPT_CHARACTERS);
  }

  /** Remembers a final. @param endMs where it ended in the stream. */
  remember(text: string, endMs: number): void {
    const context = `${this.#context} ${text}`.trim();
    // Cut at a word: half a word misleads the decoder more than none.
    this.#context =
      context.length <= CONTEXT_CHARACTERS
        ? context
        : context
            .slice(context.length - CONTEXT_CHARACTERS)
            .replace(/^\S*\s+/u, '')
            // Without spaces the cut may go through a character of two UTF-16 units.
            .replace(/^[\uDC00-\uDFFF]/, '');
    this.#contextEndMs = endMs;
  }

  /** Forgets what was said: it may have been made up, and would be again. */
  distrust(): void {
    this.#context = '';
  }

  /** @param startMs where the audio to decode starts in the stream. @returns undefined when there is none. */
  at(startMs: number): string | undefined {
    if (startMs - this.#contextEndMs > CONTEXT_MAX_SILENCE_MS) this.#context = '';
    const text = [this.#context, this.#fixed].filter((part) => part !== '').join(' ');
    return text === '' ? undefined : text;
  }
}
