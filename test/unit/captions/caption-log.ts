import type { CaptionMessage } from '../../../src/core/captions/caption-state.ts';
import type { FinalMessage, PartialMessage } from '../../../src/core/protocol/server-messages.ts';

export function partial(id: number, stable: string, unstable = '', startMs = 0): PartialMessage {
  return {
    type: 'partial',
    segment_id: id,
    revision: 0,
    text: stable + unstable,
    stable_text: stable,
    start_ms: startMs,
    end_ms: startMs + 1,
  };
}

export function final(id: number, text: string, startMs = 0, endMs = startMs): FinalMessage {
  return {
    type: 'final',
    segment_id: id,
    text,
    language: 'en',
    start_ms: startMs,
    end_ms: endMs,
    confidence: 1,
    committed_samples: 0,
    seq: id + 1,
  };
}

/** How a segment is told: what it says in the end, and what is told of it on the way. */
export interface ToldSegment {
  readonly id: number;
  readonly text: string;
  /** Withdrawn before anything of it was stable; its id is used again. */
  readonly withdrawn: boolean;
  readonly gapBefore: boolean;
  readonly pauseMs: number;
  /** Shares of the text that are stable, sorted, each with a guess at how it goes on. */
  readonly steps: readonly { readonly share: number; readonly guess: string }[];
}

/** The messages of a session, as a server that keeps its promises sends them. */
export function tell(segments: readonly ToldSegment[]): CaptionMessage[] {
  const messages: CaptionMessage[] = [{ type: 'session_started' }];
  let id = 0;
  let timeMs = 0;
  for (const segment of segments) {
    if (segment.gapBefore)
      messages.push({ type: 'gap', start_ms: timeMs, end_ms: timeMs, reason: 'not_buffered' });
    timeMs += segment.pauseMs;
    for (const { share, guess } of segment.steps) {
      const stable = segment.withdrawn ? '' : segment.text.slice(0, Math.floor(segment.text.length * share));
      const unstable = share === 1 ? '' : guess;
      if (stable + unstable !== '') messages.push(partial(id, stable, unstable, timeMs));
    }
    if (segment.withdrawn) messages.push(partial(id, '', '', timeMs));
    else messages.push(final(id++, segment.text, timeMs));
  }
  return messages;
}
