import { SurtitleError } from '../../../foundation/errors.ts';

export interface OpenAiErrorOptions {
  /** The request's field that is wrong. */
  readonly param?: string;
  /** Seconds after which it is worth another try; without it a server error is final, and clients are told so. */
  readonly retryAfterS?: number;
  readonly cause?: unknown;
}

/** What a request is answered with instead of a transcript. */
export class OpenAiError extends SurtitleError {
  /** Of the HTTP answer. */
  readonly status: number;
  readonly param: string | null;
  readonly retryAfterS: number | null;

  constructor(status: number, code: string, message: string, options: OpenAiErrorOptions = {}) {
    super(code, message, 'cause' in options ? { cause: options.cause } : {});
    this.status = status;
    this.param = options.param ?? null;
    this.retryAfterS = options.retryAfterS ?? null;
  }
}

/** Codes of the gate that OpenAI has names of its own for; clients look at these. */
const OPENAI_CODES: Readonly<Record<string, string>> = {
  token: 'invalid_api_key',
  rate: 'rate_limit_exceeded',
};

/** An error in the shape of OpenAI's: `{"error":{"message","type","param","code"}}`. */
export function openAiErrorBody(
  status: number,
  code: string,
  message: string,
  param: string | null = null,
): object {
  return { error: { message, type: typeOf(status), param, code: OPENAI_CODES[code] ?? code } };
}

/** OpenAI's name for the kind of an error, by the status it comes with. */
function typeOf(status: number): string {
  if (status === 429) return 'requests';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}
