import { cellWidth } from '../../core/foundation/text-width.ts';
import type { CaptionAppearance } from './caption-appearance.ts';
import { fontFamilyOf, fontWeightOf } from './caption-style.ts';

/** How wide text is drawn in a font. */
export interface TextMeasure {
  /** Width of a digit, in parts of the letter size. */
  readonly characterEm: number;
  /** Width in characters: as many as are read, or more where they are drawn wider than a digit. */
  readonly widthOf: (text: string) => number;
}

const MEASURED_AT_PX = 100;
const MAX_MEASURED = 5_000;

/** Measures text in the font of an appearance, as it will be drawn. */
export function measureText(
  appearance: Pick<CaptionAppearance, 'fontFamily' | 'fontWeight' | 'letterSpacing'>,
): TextMeasure {
  const context = document.createElement('canvas').getContext('2d');
  // Without a canvas a character is what a digit is in most fonts.
  if (!context) return { characterEm: 0.56, widthOf: cellWidth };
  context.font = `${fontWeightOf(appearance)} ${MEASURED_AT_PX}px ${fontFamilyOf(appearance)}`;
  const characterEm = context.measureText('0').width / MEASURED_AT_PX;
  const known = new Map<string, number>();
  return {
    characterEm,
    widthOf(text) {
      const measured = known.get(text);
      if (measured !== undefined) return measured;
      const drawnEm =
        context.measureText(text).width / MEASURED_AT_PX + appearance.letterSpacing * text.length;
      const width = Math.max(cellWidth(text), drawnEm / (characterEm + appearance.letterSpacing));
      if (known.size >= MAX_MEASURED) known.clear();
      known.set(text, width);
      return width;
    },
  };
}
