import { describe, expect, it } from 'vitest';
import { type CaptionLine, CaptionLines } from '../../../src/core/captions/caption-lines.ts';
import type { CaptionMessage } from '../../../src/core/captions/caption-state.ts';
import { final, partial } from './caption-log.ts';

/** Lines as they are read, with what is unstable in braces. */
function shown(lines: readonly CaptionLine[]): string[] {
  return lines.map(({ words }) =>
    words.map(({ text, stable, spaced }) => `${spaced ? ' ' : ''}${stable ? text : `{${text}}`}`).join(''),
  );
}

function linesAfter(messages: readonly CaptionMessage[], lineCharacters = 42): string[] {
  const captions = new CaptionLines({ lineCharacters });
  for (const message of messages) captions.update(message);
  return shown(captions.lines);
}

describe('words', () => {
  it('are unstable behind the stable text', () => {
    expect(linesAfter([partial(0, 'so we', ' begin here')])).toEqual(['so we {begin} {here}']);
  });

  it('stay stable where only their full stop is open', () => {
    expect(linesAfter([partial(0, 'so we', ', begin')])).toEqual(['so we{,} {begin}']);
  });

  it('become stable with the final, which may differ from what was unstable', () => {
    expect(linesAfter([partial(0, 'so we', ' begun'), final(0, 'so we begin.')])).toEqual(['so we begin.']);
  });

  it('vanish when a partial is withdrawn', () => {
    expect(linesAfter([final(0, 'One.'), partial(1, '', 'thank you'), partial(1, '')])).toEqual(['One.']);
  });

  it('that were stable vanish too when the session was lost, and come again at the same place', () => {
    const captions = new CaptionLines({ lineCharacters: 16 });
    for (const message of [final(0, 'One.'), partial(1, 'two three four five', ' six')])
      captions.update(message);
    const before = shown(captions.lines);
    captions.update(partial(1, ''));
    expect(shown(captions.lines)).toEqual(['One.']);
    captions.update(partial(2, 'two three four five', ' six'));
    expect(shown(captions.lines)).toEqual(before);
  });

  it('of Chinese and Japanese close up, segments included', () => {
    expect(linesAfter([final(0, '今日は。'), partial(1, '良い', '天気')])).toEqual(['今日は。良い{天気}']);
  });

  it('of a segment that has its final are not changed by a late partial', () => {
    expect(linesAfter([final(0, 'One.'), partial(0, '', 'won')])).toEqual(['One.']);
  });
});

describe('a line', () => {
  it('ends where the next word does not fit', () => {
    expect(linesAfter([final(0, 'every window shows different views')], 20)).toEqual([
      'every window shows',
      'different views',
    ]);
  });

  it('leaves room for the full stop of a word that just fits', () => {
    const captions = new CaptionLines({ lineCharacters: 16 });
    captions.update(partial(0, 'every windo view'));
    captions.update(final(0, 'every windo view.'));
    expect(shown(captions.lines)).toEqual(['every windo', 'view.']);
  });

  it('ends behind a sentence where it is well filled', () => {
    expect(linesAfter([final(0, 'That is all there is to say. Now the rest')])).toEqual([
      'That is all there is to say.',
      'Now the rest',
    ]);
  });

  it('goes on behind a sentence that has only begun to fill it', () => {
    expect(linesAfter([final(0, 'That is all.'), final(1, 'Now the rest')])).toEqual([
      'That is all. Now the rest',
    ]);
  });

  it('ends behind a clause where little room is left', () => {
    expect(linesAfter([final(0, 'When all of them had gone to the house, we sat')])).toEqual([
      'When all of them had gone to the house,',
      'we sat',
    ]);
  });

  it('does not end in a short word that belongs to what follows', () => {
    expect(linesAfter([final(0, 'nobody had ever looked behind a door of the house')])).toEqual([
      'nobody had ever looked behind a door',
      'of the house',
    ]);
  });

  it('of a word longer than itself is filled, grapheme by grapheme', () => {
    expect(linesAfter([final(0, `a ${'👩‍👩‍👧'.repeat(10)}`)], 16)).toEqual([
      'a',
      '👩‍👩‍👧'.repeat(8),
      '👩‍👩‍👧'.repeat(2),
    ]);
  });

  it('begins with no closing mark where the script has no spaces', () => {
    expect(linesAfter([final(0, '今日はとても良い天気です。明日も')], 16)).toEqual([
      '今日はとても',
      '良い天気です。',
      '明日も',
    ]);
  });

  it('begins anew after three seconds of silence', () => {
    expect(linesAfter([final(0, 'Yes.', 0, 1_000), final(1, 'No.', 4_000)])).toEqual(['Yes.', 'No.']);
  });

  it('that unstable words had filled stays closed, whatever word comes in the end', () => {
    const captions = new CaptionLines({ lineCharacters: 20 });
    captions.update(partial(0, 'every window has', ' different'));
    captions.update(partial(0, 'every window has', ' do'));
    expect(shown(captions.lines)).toEqual(['every window has', '{do}']);
  });

  it('tells where audio was lost', () => {
    const gap = { type: 'gap', start_ms: 0, end_ms: 9, reason: 'not_buffered' } as const;
    expect(linesAfter([final(0, 'One two.'), gap, final(1, 'Three.')])).toEqual(['One two.', '[…] Three.']);
  });

  it('is measured as its letters are drawn where the measure is given', () => {
    const captions = new CaptionLines({ lineCharacters: 10, widthOf: (text) => text.length * 2 });
    captions.update(final(0, 'aaa bbb'));
    expect(shown(captions.lines)).toEqual(['aaa', 'bbb']);
  });
});

describe('lines', () => {
  it('are the same objects while nothing in them changes', () => {
    const captions = new CaptionLines({ lineCharacters: 16 });
    captions.update(partial(0, 'one two three four five', ' six'));
    const [first] = captions.lines;
    captions.update(partial(0, 'one two three four five', ' six seven'));
    expect(captions.lines[0]).toBe(first);
  });

  it('of another session are gone when one begins', () => {
    expect(linesAfter([final(0, 'One.'), { type: 'session_started' }, final(0, 'Two.')])).toEqual(['Two.']);
  });

  it('are dropped beyond the limit, and keep their numbers', () => {
    const captions = new CaptionLines({ lineCharacters: 16, maxLines: 50 });
    for (let id = 0; id < 36_000; id++) captions.update(final(id, 'sixteen letters.'));
    expect(captions.lines.length).toBeLessThanOrEqual(60);
    expect(captions.lines.at(-1)?.number).toBe(35_999);
  });
});

describe('a snapshot', () => {
  const finals = [final(0, 'One.'), final(1, 'Two.')];

  it('shows what was said', () => {
    const captions = new CaptionLines({ lineCharacters: 42 });
    captions.restore({ finals, partial: partial(2, 'three', ' four') });
    expect(shown(captions.lines)).toEqual(['One. Two. three {four}']);
  });

  it('after a lost connection adds only what is new', () => {
    const captions = new CaptionLines({ lineCharacters: 42 });
    for (const message of [final(0, 'One.'), partial(1, 'Tw')]) captions.update(message);
    captions.restore({ finals, partial: null });
    expect(shown(captions.lines)).toEqual(['One. Two.']);
  });

  it('of another session takes the place of what was shown', () => {
    const captions = new CaptionLines({ lineCharacters: 42 });
    captions.update(final(0, 'Another.'));
    captions.restore({ finals, partial: null });
    expect(shown(captions.lines)).toEqual(['One. Two.']);
  });

  it('at the end of a stream withdraws what was being said', () => {
    const captions = new CaptionLines({ lineCharacters: 42 });
    for (const message of [...finals, partial(2, '', 'three')]) captions.update(message);
    captions.restore({ finals, partial: null });
    expect(shown(captions.lines)).toEqual(['One. Two.']);
  });
});
