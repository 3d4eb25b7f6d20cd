import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type {
  Transcript,
  TranscriptSegment,
  TranscriptWord,
} from '../../../../src/core/transcript/transcript.ts';

const WORDS_FILE = new URL('../../../../resources/samples/words.tsv', import.meta.url);

/** A transcript around segments. */
export function transcriptOf(segments: readonly TranscriptSegment[], title = 'A talk'): Transcript {
  return {
    title,
    language: segments[0]?.language ?? 'en',
    durationMs: segments.at(-1)?.endMs ?? 0,
    model: 'base.en',
    createdAt: '2025-03-01T09:30:00.000Z',
    segments,
  };
}

/** A segment without word times; 15 characters a second where no end is given. */
export function said(
  text: string,
  options: { startMs?: number; endMs?: number; language?: string } = {},
): TranscriptSegment {
  const startMs = options.startMs ?? 0;
  const endMs = options.endMs ?? Math.round(startMs + (text.length * 1000) / 15);
  return { startMs, endMs, text, language: options.language ?? 'en', confidence: 0.9 };
}

/** A segment of words spoken one behind the other, given as `[text, startMs, endMs]`. */
export function spoken(
  words: readonly (readonly [string, number, number])[],
  language = 'en',
): TranscriptSegment {
  return {
    startMs: words[0]?.[1] ?? 0,
    endMs: words.at(-1)?.[2] ?? 0,
    text: words.map(([text]) => text).join(' '),
    language,
    confidence: 0.9,
    words: words.map(([text, startMs, endMs]) => ({ text, startMs, endMs, confidence: 0.9 })),
  };
}

/** The sample talk with the true times of its words, a segment a sentence, `times` times in a row. */
export function talk(times = 1): TranscriptSegment[] {
  const rows = readFileSync(WORDS_FILE, 'utf8')
    .trim()
    .split('\n')
    .map((row) => row.split('\t'))
    .filter(([file]) => file === 'talk.wav');
  const sentences: (readonly [string, number, number])[][] = [[]];
  for (const [, start, end, text = ''] of rows) {
    sentences.at(-1)?.push([text, Math.round(Number(start) * 1000), Math.round(Number(end) * 1000)]);
    if (/[.?!]$/u.test(text)) sentences.push([]);
  }
  const lengthMs = 31_250;
  return Array.from({ length: times }, (_, round) =>
    sentences
      .filter((sentence) => sentence.length > 0)
      .map((sentence) =>
        spoken(sentence.map(([text, from, to]) => [text, from + round * lengthMs, to + round * lengthMs])),
      ),
  ).flat();
}

const oddText = fc.oneof(
  fc.constantFrom('a', 'the', 'and', 'Yes.', 'said,', 'Mr.', 'J.', '5', '?', '«', '-', '...', '1984'),
  fc.constantFrom(
    '広州市房地产',
    '今日は天気がいいですね。',
    '我们去公园。',
    'ภาษาไทย',
    '안녕하세요',
    '「はい」',
  ),
  fc.constantFrom(
    'שלום',
    'مرحبا،',
    '\u202bعربي\u202c',
    '👩‍👩‍👧',
    '🇩🇪',
    'e\u0301',
    '\u0301',
    'a\u00a0b',
    '\u200b',
    '\ufeff',
  ),
  fc.constantFrom(
    '-->',
    '<i>',
    '&amp;',
    '{\\an8}',
    '\n',
    '\r\n\r\n',
    '\0',
    '\u001b[31m',
    '\u2028',
    '\ud800',
    'NOTE',
  ),
  fc.constantFrom('https://example.org/a/very/long/path?with=a&query=string#and-an-anchor', 'x'.repeat(100)),
  fc.constantFrom(
    'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft',
    '字'.repeat(60),
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
);

const text = fc.array(oddText, { maxLength: 30 }).map((parts) => parts.join(' '));
const time = fc.oneof(
  fc.integer({ min: 0, max: 20_000 }),
  fc.integer({ min: -50, max: 400_000_000 }),
  fc.constantFrom(0, Number.NaN, Number.POSITIVE_INFINITY, 12.5),
);
const language = fc.constantFrom('en', 'de', 'ja', 'zh', 'ar', '', 'not a language');

const brokenSegment: fc.Arbitrary<TranscriptSegment> = fc.record(
  {
    startMs: time,
    endMs: time,
    text,
    language,
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    words: fc.array(fc.record({ text: oddText, startMs: time, endMs: time, confidence: fc.constant(0.5) }), {
      maxLength: 8,
    }),
  },
  { requiredKeys: ['startMs', 'endMs', 'text', 'language', 'confidence'] },
);

/** Segments as no recogniser should write them: any text, any times, words that are not the text's. */
export const brokenSegments = fc.array(brokenSegment, { maxLength: 8 });

const speechWord = fc.record({
  text: fc.oneof(
    fc.constantFrom(
      'a',
      'the',
      'and',
      'because',
      'table',
      'conference',
      'Yes.',
      'however,',
      'twenty-five',
      'night.',
    ),
    oddText.filter((word) => /^[^\s\p{C}]+$/u.test(word)),
  ),
  durationMs: fc.integer({ min: 0, max: 900 }),
  pauseMs: fc.oneof({ arbitrary: fc.constant(0), weight: 6 }, fc.integer({ min: 0, max: 2500 })),
});

/** Segments as a recogniser writes them: words in order, their times within the segment's. */
export const speech = fc
  .array(fc.array(speechWord, { minLength: 1, maxLength: 40 }), { maxLength: 6 })
  .map((utterances) => {
    let clockMs = 0;
    return utterances.map((utterance) => {
      const words: TranscriptWord[] = utterance.map(({ text, durationMs, pauseMs }) => {
        const startMs = clockMs + pauseMs;
        clockMs = startMs + durationMs;
        return { text, startMs, endMs: clockMs, confidence: 0.5 };
      });
      return spoken(words.map(({ text, startMs, endMs }) => [text, startMs, endMs] as const));
    });
  });
