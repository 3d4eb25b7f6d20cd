import { describe, expect, it } from 'vitest';
import { StableText } from '../../../src/core/recognition/stable-text.ts';
import { type TextUnit, toTextUnits, unitsText } from '../../../src/core/recognition/text-units.ts';

function units(text: string, language = 'en'): TextUnit[] {
  const words = text.split(/(?= )/u).map((word, index) => ({
    text: word,
    startMs: index * 200,
    endMs: index * 200 + 180,
    probability: 0.9,
  }));
  return toTextUnits(words, language);
}

/** The stable text after each of the hypotheses. */
function stableAfter(...hypotheses: readonly string[]): string[] {
  const text = new StableText();
  return hypotheses.map((hypothesis) => text.update(units(hypothesis)).stable);
}

describe('stable text', () => {
  it('is what two successive hypotheses begin with', () => {
    expect(stableAfter(' The train', ' The train leaves', ' The train leaves at')).toEqual([
      '',
      ' The train',
      ' The train leaves',
    ]);
  });

  it('does not wait for case, width or apostrophes to agree', () => {
    expect(stableAfter(" It's LATE", ' it’s late now')).toEqual(['', ' it’s late']);
  });

  it('leaves the punctuation of its last word open, because a decoder ends everything with a full stop', () => {
    expect(stableAfter(' We met.', ' We met.', ' We met, then left', ' We met, then left.')).toEqual([
      '',
      ' We met',
      ' We met',
      ' We met, then left',
    ]);
  });

  it('keeps its words when a later hypothesis revises them, and goes on behind them', () => {
    const text = new StableText();
    text.update(units(' I saw the ship yesterday'));
    text.update(units(' I saw the ship yesterday'));
    expect(text.update(units(' I saw a sheep yesterday at noon'))).toEqual({
      stable: ' I saw the ship yesterday',
      text: ' I saw the ship yesterday at noon',
    });
  });

  it('is kept by the final, whatever the final decode says', () => {
    const text = new StableText();
    text.update(units(' One two three'));
    text.update(units(' One two three'));
    expect(unitsText(text.finish(units(' Once too three four.')))).toBe(' One two three four.');
  });

  it('commits words of languages written without spaces', () => {
    const text = new StableText();
    text.update(units('今日は天気がいい', 'ja'));
    const { stable } = text.update(units('今日は天気が悪い', 'ja'));
    expect(stable).toBe('今日は天気が');
  });

  it('commits only up to a sentence end where it is to be cut there', () => {
    const text = new StableText();
    text.update(units(' That is all. Now the next'), 'sentence');
    expect(text.update(units(' That is all. Now the next point'), 'sentence').stable).toBe(' That is all');
  });
});

describe('text units', () => {
  it('are dictionary words, whatever pieces an engine gives for text without spaces', () => {
    const pieces = ['今', '日は', '天', '気が', '悪い', '。'].map((text, index) => ({
      text,
      startMs: index * 100,
      endMs: index * 100 + 100,
      probability: 0.9 - index / 10,
    }));
    expect(
      toTextUnits(pieces, 'ja').map(({ word, trailing, startMs, endMs }) => [word, trailing, startMs, endMs]),
    ).toEqual([
      ['今日', '', 0, 150],
      ['は', '', 150, 200],
      ['天気', '', 200, 350],
      ['が', '', 350, 400],
      ['悪い', '。', 400, 500],
    ]);
  });

  it.each([
    ' Hello, world!',
    ' “Quoted,” he said — twice.',
    ' twenty-five',
    '¿Qué tal?',
    '今日は。',
    ' (a) b… c',
  ])('concatenate to the text they were made of: %s', (text) => {
    expect(unitsText(units(text))).toBe(text);
  });
});
