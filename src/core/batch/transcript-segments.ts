import { endsSentence, type TextUnit, unitsText } from '../recognition/text-units.ts';
import type { TranscriptSegment, TranscriptWord } from '../transcript/transcript.ts';

/** A pause this long ends a segment wherever it falls. */
const PAUSE_MS = 1_500;
/** A segment grown this long ends at the next pause between words, … */
const LONG_SEGMENT_MS = 15_000;
const SHORT_PAUSE_MS = 300;
/** … or else here: text without punctuation must not become one endless line. */
const LONGEST_SEGMENT_MS = 30_000;

/**
 * Groups words into sentences.
 * @param units of the whole recording, in order; times in milliseconds from its start.
 */
export function toTranscriptSegments(
  units: readonly TextUnit[],
  language: string,
  durationMs: number,
): TranscriptSegment[] {
  const segments: TranscriptSegment[] = [];
  let from = 0;
  let earliestMs = 0;
  for (const [index, unit] of units.entries()) {
    const next = units[index + 1];
    if (next && !endsSegment(units[from] as TextUnit, unit, next)) continue;
    const segment = toSegment(units.slice(from, index + 1), language, earliestMs, durationMs);
    segments.push(segment);
    from = index + 1;
    earliestMs = segment.endMs;
  }
  return segments;
}

function endsSegment(first: TextUnit, last: TextUnit, next: TextUnit): boolean {
  const pauseMs = next.startMs - last.endMs;
  const lengthMs = last.endMs - first.startMs;
  if (endsSentence(last) || pauseMs >= PAUSE_MS) return true;
  return lengthMs >= LONGEST_SEGMENT_MS || (lengthMs >= LONG_SEGMENT_MS && pauseMs >= SHORT_PAUSE_MS);
}

/** Times are put in order: those of neighbours may come from different decodes. */
function toSegment(
  units: readonly TextUnit[],
  language: string,
  earliestMs: number,
  durationMs: number,
): TranscriptSegment {
  let previousMs = earliestMs;
  const words = units.map((unit): TranscriptWord => {
    const startMs = Math.min(durationMs, Math.max(previousMs, Math.round(unit.startMs)));
    const endMs = Math.min(durationMs, Math.max(startMs, Math.round(unit.endMs)));
    previousMs = endMs;
    return {
      text: (unit.leading + unit.word + unit.trailing).trim(),
      startMs,
      endMs,
      confidence: unit.probability,
    };
  });
  return {
    startMs: words[0]?.startMs ?? earliestMs,
    endMs: previousMs,
    text: unitsText(units).trim(),
    language,
    confidence: units.reduce((sum, unit) => sum + unit.probability, 0) / Math.max(1, units.length),
    words,
  };
}
