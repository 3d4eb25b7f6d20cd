import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldText } from '../../../src/core/transcript/history-folding.ts';
import {
  foldTerms,
  mayContainTerms,
  type SearchHit,
  searchSegments,
} from '../../../src/core/transcript/history-search.ts';

function search(texts: readonly string[], ...terms: string[]): SearchHit[] {
  return searchSegments(
    texts.map((text, index) => ({ text, startMs: index * 1000 })),
    foldTerms(terms),
  );
}

/** What the snippets show as found. */
function found(hits: readonly SearchHit[]): string[][] {
  return hits.map(({ snippet }) => snippet.matches.map(({ start, end }) => snippet.text.slice(start, end)));
}

describe('a search', () => {
  it.each([
    ['case', 'The CITY.', 'city', 'CITY'],
    ['diacritics', 'Ein Café in Malmö.', 'cafe', 'Café'],
    ['diacritics that were typed', 'a cafe', 'CAFÉ', 'cafe'],
    ['how a diacritic is written', 'Cafe\u0301s', 'café', 'Cafe\u0301'],
    ['letters of other alphabets', 'Straße nach Łódź', 'strasse', 'Straße'],
    ['letters with strokes', 'Straße nach Łódź', 'lodz', 'Łódź'],
    ['the dots of Turkish', 'İstanbul', 'istanbul', 'İstanbul'],
    ['vowel signs of Arabic', 'مُحَمَّد', 'محمد', 'مُحَمَّد'],
    ['forms for typesetting', 'ﬁnd ２０', 'find 20', 'ﬁnd ２０'],
    ['punctuation', 'Well, yes: no!', 'well yes no', 'Well, yes: no'],
    ['where in a word it is', 'the captions', 'caption', 'caption'],
  ])('does not mind %s', (_what, text, term, expected) => {
    expect(found(search([text], term))).toEqual([[expected]]);
  });

  it('minds the marks that make letters in other scripts', () => {
    expect(search(['か'], 'が')).toEqual([]);
    expect(found(search(['हिन्दी'], 'हिन्दी'))).toEqual([['हिन्दी']]);
  });

  it('finds words that follow each other across finals, in the one where they begin', () => {
    const hits = search(['I like the grey', 'window.', 'The grey window.'], 'grey window');
    expect(hits.map(({ segment, startMs }) => [segment, startMs])).toEqual([
      [0, 0],
      [2, 2000],
    ]);
    expect(found(hits)).toEqual([['grey window'], ['grey window']]);
  });

  it('finds words across finals in scripts without spaces', () => {
    expect(found(search(['今日は天', '気がいい。'], '天気'))).toEqual([['天 気']]);
  });

  it('finds several words near each other, in any order, once a place', () => {
    const hits = search(['The budget, on Tuesday.', 'On Tuesday the budget.'], 'budget', 'tuesday');
    expect(found(hits)).toEqual([
      ['budget', 'Tuesday'],
      ['Tuesday', 'budget'],
    ]);
  });

  it('finds nothing where one of the words is missing', () => {
    expect(search(['The budget.'], 'budget', 'tuesday')).toEqual([]);
    expect(search(['The budget.'], '...')).toEqual([]);
  });

  it('finds words far from each other at the one place where they are nearest', () => {
    const far = Array.from({ length: 60 }, () => 'Something else was said.');
    const hits = search(
      ['The budget.', ...far, 'Tuesday.', ...far, ...far, 'The budget.'],
      'budget',
      'tuesday',
    );
    expect(hits.map(({ segment }) => segment)).toEqual([0]);
    expect(hits[0]?.snippet.text).toMatch(/^The budget\. .*…[^…]+ Tuesday\. .*…$/u);
  });

  it('shows what stands around, cut at words', () => {
    const [hit] = search(
      [
        'I will write every email in the evening.',
        'However, the email was good.',
        'Everyone went to Dublin.',
      ],
      'good',
    );
    expect(hit?.snippet).toEqual({
      text: '…in the evening. However, the email was good. Everyone went to Dublin.',
      matches: [{ start: 40, end: 44 }],
    });
  });

  it('shows words that overlap as one', () => {
    expect(found(search(['A party.'], 'party', 'art'))).toEqual([['party']]);
  });
});

describe('any text', () => {
  const alphabet = fc.constantFrom(
    'a',
    'É',
    'ß',
    ' ',
    '.',
    'e\u0301',
    'ﬁ',
    '天',
    '気',
    'が',
    '😀',
    '\n',
    'Σ',
    'İ',
  );
  const text = fc.array(alphabet, { maxLength: 12 }).map((parts) => parts.join(''));

  it('is found by any stretch of itself', () => {
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 4 }),
        fc.nat(),
        fc.nat(),
        (texts, from, length) => {
          const whole = [...foldText(texts.join(' ')).text].join('');
          const start = from % Math.max(1, whole.length);
          const term = whole.slice(start, start + 1 + (length % 6)).trim();
          fc.pre(term !== '' && !/\p{Cs}/u.test(term));
          const hits = search(texts, term);
          expect(hits.length).toBeGreaterThan(0);
          expect(mayContainTerms(JSON.stringify(texts), foldTerms([term]))).toBe(true);
          for (const { snippet } of hits) {
            for (const match of snippet.matches) {
              expect(foldText(snippet.text.slice(match.start, match.end)).text).toContain(term);
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
