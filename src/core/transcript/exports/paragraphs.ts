import { joinTexts } from '../../foundation/script-spacing.ts';
import type { TranscriptSegment } from '../transcript.ts';
import { inOrderOfTime, segmentText } from './caption-words.ts';

/** Text between two long pauses, on one line. */
export interface Paragraph {
  readonly startMs: number;
  readonly text: string;
}

/** Longer than the pause behind a sentence, about what a speaker takes between two thoughts. */
const PARAGRAPH_PAUSE_MS = 2000;
/** A paragraph this long ends with its next sentence (about 100 words: a minute of speech is easy to find again). */
const LONG_PARAGRAPH_CHARACTERS = 600;

const SENTENCE_END = /[.!?…。！？؟।]["'’”»)\]」』]*$/u;

/**
 * Gathers segments into paragraphs. One ends at a pause of 2 s, where the language changes, and with the sentence
 * that makes it longer than about 100 words.
 */
export function paragraphs(segments: readonly TranscriptSegment[]): Paragraph[] {
  const found: { startMs: number; texts: string[]; length: number; last: TranscriptSegment }[] = [];
  for (const segment of inOrderOfTime(segments)) {
    const text = segmentText(segment);
    if (text === '') continue;
    const current = found.at(-1);
    if (current && !beginsParagraph(current, segment)) {
      current.texts.push(text);
      current.length += text.length;
      current.last = segment;
    } else {
      found.push({ startMs: segment.startMs, texts: [text], length: text.length, last: segment });
    }
  }
  return found.map(({ startMs, texts }) => ({ startMs, text: joinTexts(texts) }));
}

function beginsParagraph(
  current: { texts: readonly string[]; length: number; last: TranscriptSegment },
  next: TranscriptSegment,
): boolean {
  return (
    next.startMs - current.last.endMs >= PARAGRAPH_PAUSE_MS ||
    next.language !== current.last.language ||
    (current.length >= LONG_PARAGRAPH_CHARACTERS && SENTENCE_END.test(current.texts.at(-1) ?? ''))
  );
}
