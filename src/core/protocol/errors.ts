import { SurtitleError } from '../foundation/errors.ts';
import type { ErrorMessage } from './server-messages.ts';

/** WebSocket close codes of the protocol. */
export const CLOSE = {
  normal: 1000,
  shutdown: 1001,
  messageTooBig: 1009,
  engineError: 1011,
  overloaded: 1013,
  badRequest: 4400,
  denied: 4401,
  idle: 4408,
  replaced: 4409,
  tooManySessions: 4429,
} as const;

interface ErrorRule {
  readonly fatal: boolean;
  /** Close code that follows a fatal error; `null` where the connection stays open. */
  readonly close: number | null;
  readonly retryable: boolean;
}

const badRequest: ErrorRule = { fatal: true, close: CLOSE.badRequest, retryable: false };
const notice: ErrorRule = { fatal: false, close: null, retryable: false };

/** Every error code of the wire with what follows from it. */
export const ERROR_RULES = {
  config_required: badRequest,
  config_timeout: badRequest,
  bad_config: badRequest,
  unsupported_version: badRequest,
  unsupported_encoding: badRequest,
  unsupported_language: badRequest,
  model_not_found: badRequest,
  bad_json: badRequest,
  bad_audio: badRequest,
  unknown_message: notice,
  audio_after_end: notice,
  already_configured: notice,
  model_loading: notice,
  resume_denied: { fatal: true, close: CLOSE.denied, retryable: false },
  replaced: { fatal: true, close: CLOSE.replaced, retryable: false },
  idle_timeout: { fatal: true, close: CLOSE.idle, retryable: true },
  too_many_sessions: { fatal: true, close: CLOSE.tooManySessions, retryable: true },
  overloaded: { fatal: true, close: CLOSE.overloaded, retryable: true },
  server_shutdown: { fatal: true, close: CLOSE.shutdown, retryable: true },
  engine_error: { fatal: true, close: CLOSE.engineError, retryable: true },
} as const satisfies Record<string, ErrorRule>;

export type ProtocolErrorCode = keyof typeof ERROR_RULES;

/** Close codes after which a client does not try again. */
const FINAL_CLOSE_CODES: ReadonlySet<number> = new Set([
  1000, 1002, 1003, 1007, 1008, 1009, 4400, 4401, 4409,
]);

/** HTTP statuses in the upgrade after which a client does not try again. */
const FINAL_UPGRADE_STATUSES: ReadonlySet<number> = new Set([400, 401, 403, 404, 421]);

/** Whether a connection that closed with `code` may be tried again. */
export function isRetryableClose(code: number): boolean {
  return !FINAL_CLOSE_CODES.has(code);
}

/** Whether an upgrade refused with HTTP `status` may be tried again. */
export function isRetryableUpgradeStatus(status: number): boolean {
  return !FINAL_UPGRADE_STATUSES.has(status);
}

/** An error of the wire: what a server sends as `error`, and what a client throws when it is fatal. */
export class ProtocolError extends SurtitleError {
  declare readonly code: ProtocolErrorCode;
  /** The connection ends with it. */
  readonly fatal: boolean;
  /** Trying again may help. */
  readonly retryable: boolean;
  /** Close code that follows, `null` where the connection stays open. */
  readonly close: number | null;
  /** The field that was wrong, as a path such as `resume.last_seq`. */
  readonly param: string | undefined;

  constructor(
    code: ProtocolErrorCode,
    message: string,
    options: { param?: string; fatal?: boolean; retryable?: boolean; cause?: unknown } = {},
  ) {
    super(code, message, { cause: options.cause });
    // A newer server may name a code this version has no rule for.
    const rule: ErrorRule = Object.hasOwn(ERROR_RULES, code) ? ERROR_RULES[code] : notice;
    this.fatal = options.fatal ?? rule.fatal;
    this.retryable = options.retryable ?? rule.retryable;
    this.close = this.fatal ? (rule.close ?? CLOSE.badRequest) : null;
    this.param = options.param;
  }

  /** The error a server's `error` message stands for; its own word on `fatal` and `retryable` counts. */
  static fromMessage(message: ErrorMessage): ProtocolError {
    const { fatal, retryable, param } = message;
    return new ProtocolError(message.code as ProtocolErrorCode, message.message, {
      fatal,
      retryable,
      ...(param === undefined ? {} : { param }),
    });
  }
}
