import { describe, expect, it } from 'vitest';
import { DEFAULT_APPEARANCE } from '../../../src/renderer/appearance/caption-appearance.ts';
import { appearanceForPage, fitCaptions } from '../../../src/renderer/appearance/caption-fit.ts';
import { captionStyle, fontFamilyOf, readabilityOf } from '../../../src/renderer/appearance/caption-style.ts';

const characterEm = 0.56;
const sizesAt = (availableWidthPx?: number) =>
  fitCaptions(DEFAULT_APPEARANCE, { characterEm, ...(availableWidthPx ? { availableWidthPx } : {}) });

describe('sizes', () => {
  it('are as the settings say where there is room', () => {
    expect(sizesAt(2_000)).toEqual({
      fontSizePx: 28,
      lineHeightPx: 36,
      lines: 2,
      lineCharacters: 42,
      lineWidthPx: 659,
      paddingXPx: 19,
      paddingYPx: 11,
      boxWidthPx: 697,
      boxHeightPx: 94,
    });
  });

  it.each([300, 511, 640, 696])('leave room for a whole line in %i px', (width) => {
    expect(sizesAt(width).boxWidthPx).toBeLessThanOrEqual(width + 1);
    expect(sizesAt(width).fontSizePx).toBeLessThan(28);
  });

  it('are whole pixels a line, so that lines scroll by exactly their height', () => {
    expect(Number.isInteger(sizesAt(517).lineHeightPx)).toBe(true);
  });
});

describe('a page', () => {
  const room = { widthPx: 390, heightPx: 800, linesChosen: false, charactersChosen: false };

  it('on a phone has fewer characters a line, in readable letters, and fills the screen', () => {
    const phone = appearanceForPage(DEFAULT_APPEARANCE, room, characterEm);
    expect(fitCaptions(phone, { availableWidthPx: 390, characterEm }).fontSizePx).toBeGreaterThanOrEqual(20);
    expect(phone.lineCharacters).toBe(32);
    expect(phone.lines).toBeGreaterThan(20);
  });

  it('with room is as the settings say', () => {
    expect(appearanceForPage(DEFAULT_APPEARANCE, { ...room, widthPx: 1_280 }, characterEm)).toBe(
      DEFAULT_APPEARANCE,
    );
  });

  it('keeps what its address asks for', () => {
    const chosen = { ...room, linesChosen: true, charactersChosen: true };
    expect(appearanceForPage(DEFAULT_APPEARANCE, chosen, characterEm)).toEqual(DEFAULT_APPEARANCE);
  });
});

describe('style', () => {
  it('has the background with its opacity', () => {
    expect(captionStyle(DEFAULT_APPEARANCE, sizesAt())['--caption-background']).toBe('#000000bf');
  });

  it.each([
    ['system-ui', 'system-ui, sans-serif'],
    ['Atkinson Hyperlegible', '"Atkinson Hyperlegible", system-ui, sans-serif'],
    ["Arial, 'Noto Sans'", '"Arial", "Noto Sans", system-ui, sans-serif'],
  ])('takes the font %s as %s', (fontFamily, css) => {
    expect(fontFamilyOf({ fontFamily })).toBe(css);
  });
});

describe('readability', () => {
  it('is warned of where the background lets too much through', () => {
    expect(readabilityOf({ ...DEFAULT_APPEARANCE, backgroundOpacity: 0.3 }).readable).toBe(false);
  });

  it('holds without a background where letters have an outline', () => {
    const outlined = { ...DEFAULT_APPEARANCE, backgroundOpacity: 0, edge: 'outline' } as const;
    expect(readabilityOf(outlined).readable).toBe(true);
  });
});
