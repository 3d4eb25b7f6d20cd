import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contrastRatio,
  dimmedText,
  lowestReadableOpacity,
  opposite,
  READABLE_CONTRAST,
  worstContrast,
} from '../../../src/renderer/appearance/contrast.ts';

const color = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);
const share = fc.integer({ min: 0, max: 100 }).map((value) => value / 100);

describe('contrast', () => {
  it.each([
    ['#ffffff', '#000000', 21],
    ['#777777', '#ffffff', 4.48],
    ['#767676', '#ffffff', 4.54],
    ['#0000ff', '#ffffff', 8.59],
    ['#808080', '#808080', 1],
  ])('of %s on %s is %f', (one, other, expected) => {
    expect(contrastRatio(one, other)).toBeCloseTo(expected, 2);
    expect(contrastRatio(other, one)).toBeCloseTo(expected, 2);
  });

  it('of the defaults holds over a white window', () => {
    expect(worstContrast('#ffffff', '#000000', 0.75)).toBeGreaterThan(READABLE_CONTRAST);
  });

  it('is none where the background can come out as bright as the text', () => {
    expect(worstContrast('#ffffff', '#000000', 0)).toBe(1);
    expect(worstContrast('#808080', '#000000', 0.3)).toBe(1);
  });

  it('never falls when the background covers more', () => {
    fc.assert(
      fc.property(color, color, share, share, (text, background, one, other) => {
        const [less, more] = one < other ? [one, other] : [other, one];
        expect(worstContrast(text, background, more)).toBeGreaterThanOrEqual(
          worstContrast(text, background, less) - 1e-9,
        );
      }),
    );
  });
});

describe('the lowest readable opacity', () => {
  it('of white on black is just above a half', () => {
    expect(lowestReadableOpacity('#ffffff', '#000000')).toBe(0.54);
  });

  it('is none for colours that are too much alike', () => {
    expect(lowestReadableOpacity('#ffffff', '#eeeeee')).toBeNull();
  });

  it('would do, and less would not', () => {
    fc.assert(
      fc.property(color, color, (text, background) => {
        const lowest = lowestReadableOpacity(text, background);
        if (lowest === null) return;
        expect(worstContrast(text, background, lowest)).toBeGreaterThanOrEqual(READABLE_CONTRAST);
        if (lowest > 0)
          expect(worstContrast(text, background, lowest - 0.01)).toBeLessThan(READABLE_CONTRAST);
      }),
    );
  });
});

describe('dimmed text', () => {
  it('stays readable wherever text is', () => {
    fc.assert(
      fc.property(color, color, share, (text, background, opacity) => {
        fc.pre(worstContrast(text, background, opacity) >= READABLE_CONTRAST);
        const dimmed = dimmedText(text, background, opacity);
        expect(worstContrast(dimmed, background, opacity)).toBeGreaterThanOrEqual(READABLE_CONTRAST);
      }),
    );
  });

  it('differs from text that has contrast to spare', () => {
    expect(contrastRatio(dimmedText('#ffffff', '#000000', 0.75), '#ffffff')).toBeGreaterThan(1.3);
  });
});

describe('an edge', () => {
  it.each([
    ['#ffffff', '#000000'],
    ['#ffff00', '#000000'],
    ['#000080', '#ffffff'],
  ])('around %s is %s', (text, edge) => {
    expect(opposite(text)).toBe(edge);
  });
});
