import { SurtitleError } from '../../core/foundation/errors.ts';

/**
 * What a run left behind, in any server's words translated to ours. Times are milliseconds since the
 * stream's first sample was captured, on the clock of whoever recorded.
 *
 * On disk: JSON lines. `{"at_ms", "type":"partial"|"final", "segment_id", "text", "stable_text"?}` as
 * `surtitle stream --json` prints them (other types and fields are ignored), and
 * `{"at_ms", "type":"sent", "end_ms"}` for every frame of audio, where `end_ms` is the position of its
 * last sample. Without `sent` lines audio counts as sent the moment it was captured.
 */
export interface EventLog {
  readonly captions: readonly LoggedCaption[];
  readonly sent: readonly SentAudio[];
}

/** A caption as it was received. */
export interface LoggedCaption {
  readonly atMs: number;
  readonly kind: 'partial' | 'final';
  readonly text: string;
  /** What will not change any more; all of a final. */
  readonly stableText: string;
}

export interface SentAudio {
  readonly atMs: number;
  /** Position of the last sample sent with it, in milliseconds from the start of the stream. */
  readonly endMs: number;
}

/**
 * Reads a recorded log.
 * @throws {SurtitleError} `bad_event_log`, naming the line.
 */
export function parseEventLog(text: string): EventLog {
  const captions: LoggedCaption[] = [];
  const sent: SentAudio[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const entry = parseLine(line, index + 1);
    if (entry.type === 'sent') {
      sent.push({ atMs: numberIn(entry, 'at_ms', index + 1), endMs: numberIn(entry, 'end_ms', index + 1) });
    } else if (entry.type === 'partial' || entry.type === 'final') {
      captions.push(captionOf(numberIn(entry, 'at_ms', index + 1), entry.type, entry));
    }
  }
  return { captions, sent };
}

/** Keeps what the measures need while a stream runs. */
export class EventLogRecorder implements EventLog {
  readonly captions: LoggedCaption[] = [];
  readonly sent: SentAudio[] = [];

  caption(atMs: number, message: { type: 'partial' | 'final'; text: string; stable_text?: string }): void {
    this.captions.push(captionOf(atMs, message.type, message));
  }

  audio(atMs: number, endMs: number): void {
    this.sent.push({ atMs, endMs });
  }
}

/**
 * When the sample at `positionMs` left for the server: the moment its frame was sent.
 * Positions beyond the last frame count as sent with it.
 */
export function sentAtMs(log: EventLog, positionMs: number): number {
  if (log.sent.length === 0) return positionMs;
  let low = 0;
  let high = log.sent.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((log.sent[middle] as SentAudio).endMs >= positionMs) high = middle;
    else low = middle + 1;
  }
  return (log.sent[low] as SentAudio).atMs;
}

function captionOf(
  atMs: number,
  kind: 'partial' | 'final',
  message: { readonly text?: unknown; readonly stable_text?: unknown },
): LoggedCaption {
  const text = String(message.text ?? '');
  return { atMs, kind, text, stableText: kind === 'final' ? text : String(message.stable_text ?? '') };
}

function parseLine(line: string, number: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw badLog(number, 'is not JSON', cause);
  }
  if (typeof value !== 'object' || value === null) throw badLog(number, 'is not an object');
  return value as Record<string, unknown>;
}

function numberIn(entry: Record<string, unknown>, field: string, line: number): number {
  const value = entry[field];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw badLog(line, `has no number "${field}"`);
}

function badLog(line: number, problem: string, cause?: unknown): SurtitleError {
  return new SurtitleError(
    'bad_event_log',
    `Line ${line} of the event log ${problem}. Record it with \`surtitle stream --log FILE\`.`,
    { cause },
  );
}
