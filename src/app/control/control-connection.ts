import type { Logger } from '../../core/foundation/logger.ts';
import { MAX_JSON_DEPTH } from '../../core/protocol/limits.ts';
import type { Connection, ConnectionHandler } from '../../core/server/connection.ts';
import type { CallContext } from '../../ipc/call.ts';
import { type AnswerEnvelope, type CallEnvelope, callEnvelopeSchema } from '../../ipc/envelope.ts';
import { answerCall, type CallTable } from '../handlers/answer-call.ts';
import type { PushFan } from '../handlers/push-fan.ts';

export interface ControlConnectionOptions {
  readonly calls: CallTable;
  readonly pushes: PushFan;
  readonly context: Omit<CallContext, 'signal'>;
  readonly logger: Logger;
  /** The page is gone. */
  readonly onClosed: () => void;
}

/** What is not an envelope of ours comes from no page of ours. */
const CLOSE_BAD_MESSAGE = 1007;
const CLOSE_TOO_SLOW = 4013;
/** A page waits for a handful of answers; more at once is a fault of the page, or no page. */
const MAX_CALLS_AT_ONCE = 64;
/** A page that reads so slowly is told to come back and ask anew: nothing it would have been told is lost then. */
const MAX_UNSENT_BYTES = 32 * 1024 * 1024;

/** Serves one page over its `WS /control`: calls are answered, and it is told what happens. */
export function serveControl(connection: Connection, options: ControlConnectionOptions): ConnectionHandler {
  const { calls, pushes, context, logger, onClosed } = options;
  const gone = new AbortController();
  let answering = 0;

  const send = (envelope: AnswerEnvelope): void => {
    if (gone.signal.aborted) return;
    connection.send(JSON.stringify(envelope));
    if (connection.bufferedBytes > MAX_UNSENT_BYTES) {
      close(CLOSE_TOO_SLOW, 'The page reads too slowly. Connect again.');
    }
  };
  const close = (code: number, reason: string): void => {
    gone.abort();
    connection.close(code, reason);
  };
  const answer = async ({ id, name, request }: CallEnvelope): Promise<void> => {
    if (answering >= MAX_CALLS_AT_ONCE) {
      const message = 'The page asks for too much at once. Try again in a moment.';
      send({ type: 'failure', id, error: { code: 'too_many_calls', message } });
      return;
    }
    answering++;
    try {
      const result = await answerCall(calls, { name, request }, { ...context, signal: gone.signal }, logger);
      send(
        result.ok
          ? { type: 'answer', id, value: result.value }
          : { type: 'failure', id, error: result.error },
      );
    } finally {
      answering--;
    }
  };

  pushes.subscribe((name, payload) => send({ type: 'push', name, payload }), gone.signal);
  return {
    text(text) {
      if (gone.signal.aborted) return;
      const envelope = parseEnvelope(text);
      if (envelope) void answer(envelope);
      else close(CLOSE_BAD_MESSAGE, 'This is no call.');
    },
    binary: () => close(CLOSE_BAD_MESSAGE, 'Calls are text.'),
    drained() {},
    closed() {
      gone.abort();
      onClosed();
    },
  };
}

function parseEnvelope(text: string): CallEnvelope | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = callEnvelopeSchema.safeParse(json);
  return parsed.success && !isTooDeep(json) ? parsed.data : null;
}

function isTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth >= MAX_JSON_DEPTH) return true;
  return Object.values(value).some((inner) => isTooDeep(inner, depth + 1));
}
