import fc from 'fast-check';
import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import { CaptionView, formatTime } from '../../../src/cli/terminal/caption-view.ts';
import { printable, wrap } from '../../../src/cli/terminal/cell-width.ts';
import { cellWidth } from '../../../src/core/foundation/text-width.ts';

const ESCAPE = '\u001b';

/** Just enough of a terminal: one line being written, and the lines above it. */
class Screen {
  readonly isTTY = true;
  readonly columns: number;
  readonly lines: string[] = [''];
  widest = 0;
  raw = '';

  constructor(columns: number) {
    this.columns = columns;
  }

  write(text: string): void {
    this.raw += text;
    const plain = text.replaceAll(new RegExp(`${ESCAPE}\\[[0-9;]*m`, 'g'), '');
    for (const part of plain.split(new RegExp(`(\\r${ESCAPE}\\[2K|\\n)`))) {
      if (part === '\n') this.lines.push('');
      else if (part.startsWith('\r')) this.lines[this.lines.length - 1] = '';
      else this.lines[this.lines.length - 1] += part;
      this.widest = Math.max(this.widest, cellWidth(this.lines.at(-1) ?? ''));
    }
  }
}

const plain = pc.createColors(false);
const coloured = pc.createColors(true);

describe('captions on a terminal', () => {
  test('rewrite the live line in place and leave only finals behind', () => {
    const screen = new Screen(60);
    const view = new CaptionView(screen, plain);
    view.showLive({ text: 'welcome to', stableText: '', startMs: 0 });
    view.showLive({ text: 'Welcome to our', stableText: 'Welcome to', startMs: 0 });
    view.showFinal({ text: 'Welcome to our talk.', startMs: 0 });
    view.showLive({ text: 'Please', stableText: '', startMs: 61_000 });
    expect(screen.lines).toEqual([' 0:00  Welcome to our talk.', ' 1:01  Please']);
  });

  test('show what is stable solid and the rest dim', () => {
    const screen = new Screen(60);
    new CaptionView(screen, coloured).showLive({ text: 'Good morning', stableText: 'Good', startMs: 0 });
    expect(screen.raw).toContain(`Good${ESCAPE}[2m morning`);
  });

  test('keep the newest words of a live line that is too long', () => {
    const screen = new Screen(30);
    new CaptionView(screen, plain).showLive({
      text: 'one two three four five six seven eight nine ten',
      stableText: 'one two',
      startMs: 0,
    });
    expect(screen.lines).toEqual([' 0:00  … seven eight nine ten']);
  });

  test('wrap a long final between words, indented behind its time', () => {
    const screen = new Screen(30);
    new CaptionView(screen, plain).showFinal({ text: 'one two three four five six seven', startMs: 5000 });
    expect(screen.lines).toEqual([' 0:05  one two three four', '       five six seven', '']);
  });

  test('never fill the width, whatever the words and their script', () => {
    const word = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.constantFrom('字幕字幕', '👩‍👩‍👧', 'é', '한국어', '🇫🇷'),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), fc.integer({ min: 20, max: 90 }), (words, columns) => {
        const screen = new Screen(columns);
        const view = new CaptionView(screen, plain);
        const text = words.join(' ');
        view.showLive({ text, stableText: text.slice(0, 10), startMs: 0 });
        view.showFinal({ text, startMs: 0 });
        expect(screen.widest).toBeLessThan(columns);
      }),
    );
  });

  test('never obey escape sequences in a transcript', () => {
    const screen = new Screen(60);
    const view = new CaptionView(screen, plain);
    view.showFinal({ text: `hello ${ESCAPE}]0;owned\u0007${ESCAPE}[2Jworld`, startMs: 0 });
    expect(screen.raw).not.toContain(ESCAPE);
    expect(printable('a\u202eb\u0000c')).toBe('ab c');
  });
});

describe('captions in a file or pipe', () => {
  test('are finals only, without any escape sequence', () => {
    let written = '';
    const view = new CaptionView({ write: (text) => (written += text) }, plain);
    view.showLive({ text: 'Welcome', stableText: '', startMs: 0 });
    view.showFinal({
      text: 'Welcome to a line that would be far too long for any terminal of sixty columns.',
      startMs: 0,
    });
    expect(written).toBe(
      ' 0:00  Welcome to a line that would be far too long for any terminal of sixty columns.\n',
    );
  });
});

describe('widths', () => {
  test('count wide characters as two cells and joined ones once', () => {
    expect([cellWidth('abc'), cellWidth('字幕'), cellWidth('e\u0301'), cellWidth('👩‍👩‍👧')]).toEqual([
      3, 4, 1, 2,
    ]);
  });

  test('wrapping keeps every word', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), (words) => {
        const lines = wrap(words.join(' '), 12);
        expect(lines.join(' ').split(' ')).toEqual(words);
        expect(Math.max(...lines.map(cellWidth))).toBeLessThanOrEqual(12);
      }),
    );
  });

  test('times grow an hour field only when they need one', () => {
    expect([0, 65_000, 3_725_000].map(formatTime)).toEqual([' 0:00', ' 1:05', '1:02:05']);
  });
});
