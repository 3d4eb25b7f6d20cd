import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CaptionCue, layoutCaptions } from '../../../../src/core/transcript/exports/caption-layout.ts';
import { captionProblems } from '../../../../src/core/transcript/exports/caption-problems.ts';
import {
  DEFAULT_CAPTION_RULES,
  SHORTEST_CAPTION_MS,
} from '../../../../src/core/transcript/exports/caption-rules.ts';
import type { TranscriptSegment } from '../../../../src/core/transcript/transcript.ts';
import { brokenSegments, said, speech, spoken, talk } from './example-transcripts.ts';

function linesOf(segments: readonly TranscriptSegment[]): string[] {
  return layoutCaptions(segments).map((cue) => cue.lines.join(' / '));
}

/** What must survive of a text: everything a reader sees. */
function letters(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd').replace(/[\s\p{Cc}\p{Cf}]+/gu, '');
}

function lettersOfSegments(segments: readonly TranscriptSegment[]): string {
  let latest = 0;
  return segments
    .map((segment) => {
      if (Number.isFinite(segment.startMs)) latest = Math.max(0, Math.round(segment.startMs));
      return { segment, startMs: latest };
    })
    .sort((a, b) => a.startMs - b.startMs)
    .map(
      ({ segment }) => letters(segment.text) || letters((segment.words ?? []).map((w) => w.text).join(' ')),
    )
    .join('');
}

function lettersOfCues(cues: readonly CaptionCue[]): string {
  return letters(cues.flatMap((cue) => cue.lines).join(' '));
}

function pairs(cues: readonly CaptionCue[]): [CaptionCue, CaptionCue | undefined][] {
  return cues.map((cue, index) => [cue, cues[index + 1]]);
}

describe('where captions break', () => {
  test('a sentence that fits is one caption', () => {
    expect(linesOf([said('The train leaves at midnight. Nobody was on the platform when it came.')])).toEqual(
      ['The train leaves at midnight.', 'Nobody was on the platform when it came.'],
    );
  });

  test('a long sentence is broken at its clauses', () => {
    expect(
      linesOf([
        said(
          'In an age when space flight has come to seem almost routine, it is easy to overlook the dangers of travel by rocket, and the difficulties of navigating the fierce outer atmosphere of the Earth.',
        ),
      ]),
    ).toEqual([
      'In an age when space flight / has come to seem almost routine,',
      'it is easy to overlook / the dangers of travel by rocket,',
      'and the difficulties of navigating / the fierce outer atmosphere of the Earth.',
    ]);
  });

  test('semicolons part an enumeration, names stay whole', () => {
    expect(
      linesOf([
        said(
          'On board was a crew of seven: Colonel Rick Husband; Lieutenant Colonel Michael Anderson; Commander Laurel Clark; Captain David Brown; Commander William McCool.',
        ),
      ]),
    ).toEqual([
      'On board was a crew of seven: / Colonel Rick Husband;',
      'Lieutenant Colonel Michael Anderson; / Commander Laurel Clark;',
      'Captain David Brown; / Commander William McCool.',
    ]);
  });

  test('a clause that has begun is not torn apart', () => {
    expect(
      linesOf([
        said(
          'It is of great importance that the letter used be fine in form; especially as no more time is spent on printing beautiful letters than on ugly ones.',
        ),
      ]),
    ).toEqual([
      'It is of great importance / that the letter used be fine in form;',
      'especially as no more time is spent / on printing beautiful letters',
      'than on ugly ones.',
    ]);
  });

  test.each([
    [
      'en',
      'We have been looking for the man and his dog since the morning',
      'We have been looking for the man / and his dog since the morning',
    ],
    [
      'de',
      'Ich habe den ganzen Tag gewartet und dann kam der Zug doch noch',
      'Ich habe den ganzen Tag gewartet / und dann kam der Zug doch noch',
    ],
    [
      'fr',
      'Nous avons longtemps attendu le train qui venait de la capitale',
      'Nous avons longtemps attendu / le train qui venait de la capitale',
    ],
    [
      'es',
      'Nos quedamos en la casa de mi hermano porque llovía muchísimo ayer',
      'Nos quedamos en la casa de mi hermano / porque llovía muchísimo ayer',
    ],
  ])('lines break before a phrase and not inside it (%s)', (language, text, expected) => {
    expect(linesOf([said(text, { language })])).toEqual([expected]);
  });

  test('the full stop of an abbreviation ends no sentence', () => {
    expect(linesOf([said('Please give this letter to Mr. Smith. He will know what to do with it.')])).toEqual(
      ['Please give this letter to Mr. Smith.', 'He will know what to do with it.'],
    );
  });

  test.each([
    ['en', 'They walked for approx. ten miles in the rain.'],
    ['en', 'A letter came from J. Robert Smith, of all people.'],
    ['de', 'Das Fest beginnt am 3. Oktober um acht Uhr abends.'],
  ])('nor does that of a shortened word, an initial or an ordinal number (%s: %s)', (language, text) => {
    expect(layoutCaptions([said(text, { language })])).toHaveLength(1);
  });

  test('a sentence that would be gone too soon shares the caption of the next', () => {
    const words = (startMs: number, endMs: number, text: string) => said(text, { startMs, endMs });
    expect(
      linesOf([words(0, 900, 'I do not know him.'), words(900, 2500, 'He never came to see us.')]),
    ).toEqual(['I do not know him. / He never came to see us.']);
    expect(
      linesOf([
        words(0, 1200, 'It was said faster than it can be read.'),
        words(1200, 5200, 'But what came next was in no hurry.'),
      ]),
    ).toEqual(['It was said faster than it can be read. / But what came next was in no hurry.']);
  });

  test('a word before a moment of hesitation is not left alone', () => {
    const cues = linesOf([
      spoken([
        ['Well', 0, 300],
        ['I', 1000, 1200],
        ['think', 1200, 1500],
        ['so.', 1500, 2000],
      ]),
    ]);
    expect(cues).toEqual(['Well I think so.']);
  });

  test('text without punctuation breaks where the speaker pauses', () => {
    const cues = linesOf([
      spoken([
        ['we', 0, 200],
        ['walked', 200, 600],
        ['along', 600, 900],
        ['the', 900, 1000],
        ['river', 1000, 1500],
        ['everyone', 2300, 2700],
        ['was', 2700, 2900],
        ['very', 2900, 3200],
        ['tired', 3200, 3700],
      ]),
    ]);
    expect(cues).toEqual(['we walked along the river', 'everyone was very tired']);
  });

  test('a pause of more than a second begins a new caption even inside a sentence', () => {
    const cues = layoutCaptions([
      spoken([
        ['I', 0, 200],
        ['think', 200, 500],
        ['so.', 1600, 2000],
      ]),
    ]);
    expect(cues.map(({ startMs, lines }) => [startMs, ...lines])).toEqual([
      [0, 'I think'],
      [1600, 'so.'],
    ]);
  });

  test('no word is left alone where it can stand with others', () => {
    const text =
      'This is a sentence of some length that nobody would want to read with one word left behind alone';
    for (const cue of layoutCaptions([said(text)])) expect(cue.lines.join(' ')).toMatch(/ /);
  });

  test('short answers that follow each other quickly share a caption', () => {
    const cues = linesOf([
      spoken([
        ['Yes.', 0, 300],
        ['No.', 350, 600],
        ['I', 650, 700],
        ['see.', 700, 1000],
      ]),
    ]);
    expect(cues).toEqual(['Yes. No. I see.']);
  });

  test('languages do not share a caption', () => {
    expect(
      linesOf([
        said('Good morning.', { endMs: 900 }),
        said('Guten Tag.', { startMs: 950, endMs: 1800, language: 'de' }),
      ]),
    ).toEqual(['Good morning.', 'Guten Tag.']);
  });

  test('text without spaces breaks between words, and no line begins with a closing mark', () => {
    const cues = linesOf([
      said('今日は天気がとてもいいので、みんなで公園へ行って、お弁当を食べてから、ゆっくり散歩をしました。', {
        language: 'ja',
        endMs: 9000,
      }),
    ]);
    expect(cues).toEqual([
      '今日は天気がとてもいいので、 / みんなで公園へ行って、お弁当を食べてから、',
      'ゆっくり散歩をしました。',
    ]);
  });

  test.each([
    '友達と一緒に新しい映画を見に行きましたが席がもうありませんでしたので公園でお弁当を食べてから帰りました',
    '彼は静かな声でゆっくりと「明日また会いましょう」とだけ言って部屋を出て行きました',
  ])('no line of Japanese begins with a particle or the ending of a word: %s', (text) => {
    const lines = layoutCaptions([said(text, { language: 'ja', endMs: 8000 })]).flatMap((cue) => cue.lines);
    expect(lines.join('')).toBe(text);
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.filter((line) => /^\p{Script=Hiragana}/u.test(line))).toEqual([]);
  });

  test('full-width characters count twice', () => {
    const widths = layoutCaptions([said('字'.repeat(100), { language: 'zh', endMs: 30_000 })]).flatMap(
      ({ lines }) => lines.map((line) => line.length),
    );
    expect(Math.max(...widths)).toBeLessThanOrEqual(21);
  });

  test('an address that is wider than a line is cut behind its punctuation', () => {
    expect(
      linesOf([said('https://example.org/a-rather-long-name/and-another-one-below-it', { endMs: 6000 })]),
    ).toEqual(['https://example.org/a-rather-long-name/ / and-another-one-below-it']);
  });

  test('a run of thousands of characters without a space is cut between characters', () => {
    const lines = layoutCaptions([said('👩‍👩‍👧'.repeat(3000), { endMs: 900_000 })]).flatMap(
      (cue) => cue.lines,
    );
    expect(new Set(lines.slice(0, -1))).toEqual(new Set(['👩‍👩‍👧'.repeat(21)]));
    expect(lines.at(-1)).toBe('👩‍👩‍👧'.repeat(3000 % 21));
  });

  test('right-to-left text and its marks pass through', () => {
    const text = '\u202bשלום לכולם, מה שלומכם היום?\u202c';
    expect(linesOf([said(text, { language: 'he' })])).toEqual([text]);
  });

  test('French punctuation is not parted from its word', () => {
    const lines = layoutCaptions([
      said('Est-ce que vous êtes vraiment sûr de vous ? Oui !', { language: 'fr' }),
    ]).flatMap((cue) => cue.lines);
    expect(lines.filter((line) => /^[?!]/u.test(line))).toEqual([]);
  });

  test('one line a caption, where the rules say so', () => {
    const cues = layoutCaptions([said('Nobody was on the platform when the last train came.')], {
      ...DEFAULT_CAPTION_RULES,
      maxLines: 1,
    });
    expect(cues.map((cue) => cue.lines)).toEqual([
      ['Nobody was on the platform'],
      ['when the last train came.'],
    ]);
  });
});

describe('when captions are on screen', () => {
  test('from the first word to the last, where that is time enough', () => {
    const [cue] = layoutCaptions([
      spoken([
        ['Good', 500, 1200],
        ['morning.', 1200, 2400],
      ]),
    ]);
    expect(cue).toEqual({ startMs: 500, endMs: 2400, lines: ['Good morning.'] });
  });

  test('a short caption stays for a second', () => {
    const [cue] = layoutCaptions([spoken([['Yes.', 500, 700]])]);
    expect(cue).toMatchObject({ startMs: 500, endMs: 1500 });
  });

  test('fast text stays until it can be read', () => {
    const text = 'This was said much faster than anyone can read.';
    const [cue] = layoutCaptions([said(text, { endMs: 1500 })]);
    expect(cue?.endMs).toBe(text.length * 50);
  });

  test('a caption makes room for the next one, two frames before it', () => {
    const cues = layoutCaptions([
      said('This was said much faster than anyone can read.', { endMs: 1500 }),
      said('But what came next was said in no hurry at all.', { startMs: 1800, endMs: 6000 }),
    ]);
    expect(cues.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [0, 1716],
      [1800, 6000],
    ]);
  });

  test('short gaps are closed, longer ones stay', () => {
    const cues = layoutCaptions([
      said('The first of three sentences.', { endMs: 2000 }),
      said('The second of three sentences.', { startMs: 2400, endMs: 4400 }),
      said('The third of three sentences.', { startMs: 5300, endMs: 7300 }),
    ]);
    expect(cues.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [0, 2316],
      [2400, 4400],
      [5300, 7300],
    ]);
  });

  test('a text without word times that is much shorter than its segment is shown where the segment starts', () => {
    const cues = layoutCaptions([said('Thank you very much.', { startMs: 1000, endMs: 30_000 })]);
    expect(cues).toEqual([{ startMs: 1000, endMs: 6000, lines: ['Thank you very much.'] }]);
  });

  test('a text without word times is shared out by length', () => {
    const cues = layoutCaptions([
      said('A sentence of thirty letters.  A sentence of thirty letters.', { endMs: 4000 }),
    ]);
    expect(cues.map(({ startMs }) => startMs)).toEqual([0, 2000]);
  });

  test('word times that spell another text are not used', () => {
    const segment = said('A sentence of thirty letters.  A sentence of thirty letters.', { endMs: 4000 });
    const words = [{ text: 'Something else.', startMs: 0, endMs: 100, confidence: 1 }];
    expect(layoutCaptions([{ ...segment, words }]).map(({ startMs }) => startMs)).toEqual([0, 2000]);
  });

  test('a word that seems to last for seconds ended before the silence behind it', () => {
    const cues = layoutCaptions([
      spoken([
        ['Wait', 0, 400],
        ['here.', 400, 9000],
        ['Now', 9000, 9500],
        ['go.', 9500, 10_500],
      ]),
    ]);
    expect(cues.map(({ startMs, endMs, lines }) => [startMs, endMs, ...lines])).toEqual([
      [0, 2400, 'Wait here.'],
      [9000, 10_500, 'Now go.'],
    ]);
  });

  test('slow words are not announced long before they are said', () => {
    const text = 'These few words were said in no hurry by somebody'.split(' ');
    const cues = layoutCaptions([
      spoken(text.map((word, index) => [word, index * 1000, index * 1000 + 950] as const)),
    ]);
    expect(cues.length).toBeGreaterThan(1);
    for (const [cue, next] of pairs(cues)) {
      const words = cue.lines.join(' ').split(' ').length;
      expect(cue.endMs).toBeGreaterThan(cue.startMs + (words - 1) * 1000);
      expect(next?.startMs ?? Number.POSITIVE_INFINITY).toBeGreaterThan(cue.endMs);
    }
  });

  test('text without any time gets the time that is free behind it', () => {
    const cues = layoutCaptions([
      said('A sentence of thirty letters.  A sentence of thirty letters.', { startMs: 1000, endMs: 1000 }),
      said('Much later.', { startMs: 60_000, endMs: 61_000 }),
    ]);
    expect(cues.map(({ startMs }) => startMs)).toEqual([1000, 2967, 60_000]);
  });

  test('segments that came out of order are put in order', () => {
    const cues = layoutCaptions([
      said('Then this.', { startMs: 5000, endMs: 6000 }),
      said('First this.', { startMs: 0, endMs: 1000 }),
    ]);
    expect(cues.map((cue) => cue.lines[0])).toEqual(['First this.', 'Then this.']);
  });

  test('no caption at all where nothing was said', () => {
    expect(layoutCaptions([])).toEqual([]);
    expect(layoutCaptions([said(' \n\t')])).toEqual([]);
  });
});

describe('what holds for every transcript', () => {
  const { maxDurationMs, minDurationMs, minGapMs } = DEFAULT_CAPTION_RULES;

  test('no word is lost, doubled or moved', () => {
    fc.assert(
      fc.property(fc.oneof(brokenSegments, speech), (segments) => {
        expect(lettersOfCues(layoutCaptions(segments))).toBe(lettersOfSegments(segments));
      }),
      { numRuns: 200 },
    );
  });

  test('captions fit the screen, follow each other and end in time', () => {
    fc.assert(
      fc.property(fc.oneof(brokenSegments, speech), (segments) => {
        const cues = layoutCaptions(segments);
        const kinds = new Set(captionProblems(cues, DEFAULT_CAPTION_RULES).map(({ kind }) => kind));
        expect([...kinds].filter((kind) => !/too_short|too_fast|gap_too_short/.test(kind))).toEqual([]);
        for (const { startMs, endMs } of cues) {
          expect(Number.isInteger(startMs) && Number.isInteger(endMs)).toBe(true);
          expect(endMs - startMs).toBeGreaterThanOrEqual(SHORTEST_CAPTION_MS);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('captions stay for a second, and until they are read, wherever the next leaves room', () => {
    fc.assert(
      fc.property(fc.oneof(brokenSegments, speech), (segments) => {
        for (const [cue, next] of pairs(layoutCaptions(segments))) {
          const roomMs = (next?.startMs ?? Number.POSITIVE_INFINITY) - cue.startMs;
          const durationMs = cue.endMs - cue.startMs;
          if (roomMs >= minDurationMs) expect(durationMs).toBeGreaterThanOrEqual(minDurationMs);
          const isFast = captionProblems([cue], DEFAULT_CAPTION_RULES).some(
            ({ kind }) => kind === 'too_fast',
          );
          if (isFast) expect(durationMs).toBeGreaterThanOrEqual(Math.min(maxDurationMs, roomMs - minGapMs));
        }
      }),
      { numRuns: 200 },
    );
  });

  test('other rules are kept as well', () => {
    const rules = fc.record({
      maxLineWidth: fc.integer({ min: 2, max: 60 }),
      maxLines: fc.constantFrom(1 as const, 2 as const),
      maxDurationMs: fc.integer({ min: 1000, max: 9000 }),
      minDurationMs: fc.integer({ min: 0, max: 1000 }),
      maxCharactersPerSecond: fc.integer({ min: 5, max: 40 }),
    });
    fc.assert(
      fc.property(speech, rules, (segments, overrides) => {
        const kept = { ...DEFAULT_CAPTION_RULES, ...overrides };
        const cues = layoutCaptions(segments, kept);
        expect(lettersOfCues(cues)).toBe(lettersOfSegments(segments));
        const kinds = captionProblems(cues, kept).map(({ kind }) => kind);
        expect(kinds.filter((kind) => !/too_short|too_fast|gap_too_short/.test(kind))).toEqual([]);
      }),
    );
  });

  test('words keep to their times: a caption starts with its first word', () => {
    fc.assert(
      fc.property(speech, (segments) => {
        const starts = new Set(
          segments.flatMap((segment) => (segment.words ?? []).map((word) => word.startMs)),
        );
        const inTime = layoutCaptions(segments).filter((cue) => starts.has(cue.startMs));
        expect(inTime.length === 0).toBe(segments.every(({ text }) => letters(text) === ''));
      }),
    );
  });
});

test('four hours of speech keep to all rules', () => {
  const segments = talk(461);
  const cues = layoutCaptions(segments);
  expect(captionProblems(cues, DEFAULT_CAPTION_RULES)).toEqual([]);
  expect(lettersOfCues(cues)).toBe(lettersOfSegments(segments));
});
