import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CaptionLine, CaptionLines, GAP_MARK } from '../../../src/core/captions/caption-lines.ts';
import { cellWidth } from '../../../src/core/foundation/text-width.ts';
import { type ToldSegment, tell } from './caption-log.ts';

const word = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[a-zA-Z]{1,12}$/u) },
  { weight: 3, arbitrary: fc.stringMatching(/^[a-z]{1,8}[.,?!;:]$/u) },
  { weight: 1, arbitrary: fc.stringMatching(/^[a-z]{30,70}$/u) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('👩‍👩‍👧', '🇩🇪', 'e\u0301tude', '(so', '»ja«', '1,000', '–', 'naïve'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '字幕は静かに流れる。',
      '「今日」は良い天気',
      '你好，世界',
      'สวัสดีครับทุกคน',
      '안녕하세요',
    ),
  },
);
const text = fc.array(word, { minLength: 1, maxLength: 25 }).map((words) => words.join(' '));
const segment: fc.Arbitrary<ToldSegment> = fc.record({
  id: fc.nat(),
  text,
  withdrawn: fc.nat(4).map((dice) => dice === 0),
  gapBefore: fc.nat(12).map((dice) => dice === 0),
  pauseMs: fc.constantFrom(0, 400, 5_000),
  steps: fc
    .array(
      fc.record({
        share: fc.double({ min: 0, max: 1, noNaN: true }),
        guess: fc.oneof(
          text.map((words) => ` ${words}`),
          text,
          fc.constant(''),
        ),
      }),
      { maxLength: 8 },
    )
    .map((steps) => [...steps].sort((one, other) => one.share - other.share)),
});
const session = fc.record({
  segments: fc.array(segment, { maxLength: 8 }),
  lineCharacters: fc.integer({ min: 16, max: 80 }),
});

const textOf = (words: CaptionLine['words']) => words.map((it) => (it.spaced ? ' ' : '') + it.text).join('');
/** What stands still of each line, by its number. */
const stableOf = (lines: readonly CaptionLine[]) =>
  new Map(lines.map(({ number, words }) => [number, textOf(words.filter(({ stable }) => stable))]));
const solid = (words: string) => words.replaceAll(GAP_MARK, '').replaceAll(/\s/gu, '');

function replay(
  { segments, lineCharacters }: { segments: readonly ToldSegment[]; lineCharacters: number },
  look: (lines: readonly CaptionLine[], captions: CaptionLines) => void,
): CaptionLines {
  const captions = new CaptionLines({ lineCharacters });
  for (const message of tell(segments)) {
    captions.update(message);
    look(captions.lines, captions);
  }
  return captions;
}

describe('any log of partials and finals', () => {
  it('never moves a stable word that was shown, to another line or along its line', () => {
    fc.assert(
      fc.property(session, (log) => {
        let shown = new Map<number, string>();
        replay(log, (lines) => {
          const now = stableOf(lines);
          for (const [number, before] of shown) expect((now.get(number) ?? '').startsWith(before)).toBe(true);
          shown = now;
        });
      }),
    );
  });

  it('never has an unstable word before a stable one', () => {
    fc.assert(
      fc.property(session, (log) => {
        replay(log, (lines) => {
          const flags = lines.flatMap(({ words }) => words.map(({ stable }) => stable));
          expect(flags).toEqual([...flags].sort((one, other) => Number(other) - Number(one)));
        });
      }),
    );
  });

  it('never makes a line wider than it may be', () => {
    fc.assert(
      fc.property(session, (log) => {
        replay(log, (lines) => {
          for (const { words } of lines) {
            expect(cellWidth(textOf(words))).toBeLessThanOrEqual(log.lineCharacters);
          }
        });
      }),
    );
  });

  it('loses no word and doubles none', () => {
    fc.assert(
      fc.property(session, (log) => {
        const captions = replay(log, () => {});
        const said = log.segments.flatMap((it) => (it.withdrawn ? [] : [it.text])).join(' ');
        expect(solid(captions.lines.map(({ words }) => textOf(words)).join(' '))).toBe(solid(said));
      }),
    );
  });

  it('breaks a word only where it is longer than a line, or was stable before it was whole', () => {
    fc.assert(
      fc.property(session, (log) => {
        const whole = log.segments.map((it) => ({ ...it, steps: [] }));
        const captions = replay({ ...log, segments: whole }, () => {});
        const pieces = captions.lines.flatMap(({ words }) => textOf(words).trim().split(' '));
        const fits = (it: string) => !/[^\x20-\x7e]/u.test(it) && it.length < log.lineCharacters;
        const said = whole.flatMap((it) => (it.withdrawn ? [] : it.text.split(' '))).filter(fits);
        expect(pieces).toEqual(expect.arrayContaining(said));
      }),
    );
  });

  it('numbers its lines without a gap, and never goes back to an earlier one', () => {
    fc.assert(
      fc.property(session, (log) => {
        let next = 0;
        replay(log, (lines, captions) => {
          expect(lines.map(({ number }) => number)).toEqual(
            lines.map((_, index) => (lines[0]?.number ?? 0) + index),
          );
          expect(captions.nextLine).toBeGreaterThanOrEqual(next);
          next = captions.nextLine;
        });
      }),
    );
  });
});
