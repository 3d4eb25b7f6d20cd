/**
 * Base of every error the core throws on purpose. `code` is stable and meant for programs; `message`
 * is a sentence for people: what happened, and what to do next.
 */
export class SurtitleError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** A readable sentence for anything that was thrown. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
