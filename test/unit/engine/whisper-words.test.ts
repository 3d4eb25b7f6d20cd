import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averageLog, groupWords } from '../../../src/core/engine/words.ts';

const encoder = new TextEncoder();

function token(text: string | readonly number[], p = 1): { id: number; p: number; bytes: Uint8Array } {
  return { id: 1, p, bytes: typeof text === 'string' ? encoder.encode(text) : Uint8Array.from(text) };
}

function textsOf(...texts: (string | readonly number[])[]): string[] {
  return groupWords(texts.map((text) => token(text))).map((word) => word.text);
}

describe('words from tokens', () => {
  it('begin at a leading space and keep their punctuation', () => {
    expect(textsOf(' Well', ',', ' fif', 'ty', '-', 'nine', ' minutes', '.')).toEqual([
      ' Well,',
      ' fifty-nine',
      ' minutes.',
    ]);
  });

  it('join the halves of a character that two tokens share', () => {
    const [first, ...rest] = encoder.encode('ü');
    expect(textsOf(' gr', [first as number], rest, 'n')).toEqual([' grün']);
  });

  it('keep apart what a script writes without spaces', () => {
    expect(textsOf('今日', 'は', '。', 'สวัส', 'ดี')).toEqual(['今日', 'は。', 'สวัส', 'ดี']);
  });

  it('show bytes that never become a character, and lose nothing behind them', () => {
    expect(textsOf(' a', [0xff], ' b', [0xe4, 0xbb])).toEqual([' a\uFFFD', ' b\uFFFD']);
  });

  it('have the geometric mean of their tokens as probability', () => {
    const [word] = groupWords([token(' fif', 0.9), token('ty', 0.4)]);
    expect(word?.probability).toBeCloseTo(0.6, 10);
  });

  it('joined are the text, however its bytes were cut into tokens', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        fc.array(fc.nat(200), { maxLength: 12 }),
        (text, cuts) => {
          const bytes = encoder.encode(text);
          const edges = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
          const tokens = edges.slice(1).map((end, i) => ({ id: 1, p: 1, bytes: bytes.slice(edges[i], end) }));
          expect(
            groupWords(tokens)
              .map((word) => word.text)
              .join(''),
          ).toBe(text);
        },
      ),
    );
  });
});

describe('the mean log probability', () => {
  it('takes a probability of nothing as almost nothing', () => {
    expect(averageLog([0])).toBeCloseTo(Math.log(1e-10), 10);
    expect(averageLog([])).toBe(0);
  });
});
