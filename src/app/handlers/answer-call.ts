import { describeError, SurtitleError } from '../../core/foundation/errors.ts';
import type { Logger } from '../../core/foundation/logger.ts';
import type { Call, CallContext, CallMap, Handlers } from '../../ipc/call.ts';
import type { CallResult } from '../../ipc/desktop-global.ts';

/** A call with the function that answers it. */
export interface AnsweredCall {
  readonly call: Call<unknown, unknown>;
  readonly answer: (request: never, context: CallContext) => unknown;
}

/** What can be asked for, by name. */
export type CallTable = Readonly<Record<string, AnsweredCall>>;

/** Puts calls and the functions that answer them together. Every call must have its handler. */
export function tableOf<Calls extends CallMap>(calls: Calls, handlers: Handlers<Calls>): CallTable {
  return Object.fromEntries(
    Object.keys(calls).map((name) => [
      name,
      { call: calls[name] as Call<unknown, unknown>, answer: handlers[name as keyof Calls] as never },
    ]),
  );
}

/**
 * Answers one call of a window or a page: only what is in the table, only with a request of the right form. Errors that
 * were thrown on purpose are told; of others the log says more, and the caller learns nothing.
 */
export async function answerCall(
  table: CallTable,
  { name, request }: { readonly name: string; readonly request?: unknown },
  context: CallContext,
  logger: Logger,
): Promise<CallResult> {
  const known = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!known) return failure('unknown_call', 'The page asks for something this version does not have.');
  const parsed = known.call.request.safeParse(request);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue && issue.path.length > 0 ? ` (${issue.path.join('.')})` : '';
    return failure('bad_request', `${name}${where}: ${issue?.message ?? 'bad request'}.`);
  }
  try {
    return { ok: true, value: await known.answer(parsed.data as never, context) };
  } catch (error) {
    if (error instanceof SurtitleError) return failure(error.code, error.message);
    logger.error('A call failed.', { name, reason: describeError(error) });
    return failure('internal_error', 'Something failed inside Surtitle. The log says more.');
  }
}

function failure(code: string, message: string): CallResult {
  return { ok: false, error: { code, message } };
}
