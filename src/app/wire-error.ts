import { describeError, SurtitleError } from '../core/foundation/errors.ts';
import type { Logger } from '../core/foundation/logger.ts';
import type { WireError } from '../ipc/envelope.ts';

/** What a window is told of a failure in the background. One that nobody foresaw goes to the log, without its text. */
export function wireErrorOf(error: unknown, what: string, logger: Logger): WireError {
  if (error instanceof SurtitleError) return { code: error.code, message: error.message };
  logger.error(what, { reason: describeError(error) });
  return { code: 'internal_error', message: 'Something failed inside Surtitle. The log says more.' };
}
