import type { CaptionMessage, CaptionSnapshot } from '../../../core/captions/caption-state.ts';
import type { FinalMessage } from '../../../core/protocol/server-messages.ts';

/** One row of the live transcript. */
export type TranscriptLine =
  | {
      readonly kind: 'text';
      readonly key: string;
      readonly segmentId: number;
      readonly text: string;
      readonly startMs: number;
    }
  /** Sound that was lost, so that no words of it can follow. */
  | { readonly kind: 'gap'; readonly key: string; readonly startMs: number; readonly endMs: number };

/** Words that may still change; `stable` will not. */
export interface UnstableLine {
  readonly stable: string;
  readonly unstable: string;
  readonly startMs: number;
}

export interface LiveTranscript {
  readonly lines: readonly TranscriptLine[];
  readonly partial: UnstableLine | null;
}

export const NO_TRANSCRIPT: LiveTranscript = { lines: [], partial: null };

/** The transcript after one more message. */
export function withMessage(transcript: LiveTranscript, message: CaptionMessage): LiveTranscript {
  switch (message.type) {
    case 'session_started':
      return NO_TRANSCRIPT;
    case 'partial':
      return { ...transcript, partial: unstableLineOf(message) };
    case 'final':
      return { lines: [...transcript.lines, lineOf(message)], partial: null };
    case 'gap': {
      const { start_ms: startMs, end_ms: endMs } = message;
      const gap: TranscriptLine = { kind: 'gap', key: `gap-${startMs}`, startMs, endMs };
      return { ...transcript, lines: [...transcript.lines, gap] };
    }
    default:
      return transcript;
  }
}

/**
 * What a snapshot says holds. It only reaches so far back: what was shown before its first segment stays, where that
 * segment is known to follow it.
 */
export function withSnapshot(transcript: LiveTranscript, snapshot: CaptionSnapshot): LiveTranscript {
  const lines = snapshot.finals.map(lineOf);
  const [first] = lines;
  const at = first
    ? transcript.lines.findIndex(
        (line) => line.kind === 'text' && line.segmentId === first.segmentId && line.text === first.text,
      )
    : -1;
  return {
    lines: [...transcript.lines.slice(0, Math.max(0, at)), ...lines],
    partial: snapshot.partial && unstableLineOf(snapshot.partial),
  };
}

/** What a person would paste into their notes. */
export function transcriptText({ lines, partial }: LiveTranscript): string {
  const texts = lines.flatMap((line) => (line.kind === 'text' ? [line.text] : []));
  if (partial) texts.push(partial.stable + partial.unstable);
  return texts.join('\n');
}

function lineOf(message: FinalMessage): TranscriptLine & { kind: 'text' } {
  const { segment_id: segmentId, text, start_ms: startMs } = message;
  return { kind: 'text', key: `segment-${segmentId}`, segmentId, text: text.trim(), startMs };
}

function unstableLineOf(message: {
  readonly text: string;
  readonly stable_text: string;
  readonly start_ms: number;
}): UnstableLine | null {
  if (message.text.trim() === '') return null;
  const { stable_text: stable, text, start_ms: startMs } = message;
  const holds = text.startsWith(stable);
  return {
    stable: holds ? stable.trimStart() : '',
    unstable: holds ? text.slice(stable.length) : text.trimStart(),
    startMs,
  };
}
