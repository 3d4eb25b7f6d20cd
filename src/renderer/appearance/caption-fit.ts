import type { CaptionAppearance } from './caption-appearance.ts';

/** Space left and right of the lines, and above and below them, in parts of the letter size. */
const PADDING_X = 0.7;
const PADDING_Y = 0.4;
const SMALLEST_FONT_PX = 8;
/** Below this a page with room for few characters gets shorter lines instead of smaller letters. */
const READABLE_FONT_PX = 20;
const FEWEST_CHARACTERS = 16;

/** Sizes of the captions, in CSS pixels. */
export interface CaptionFit {
  readonly fontSizePx: number;
  readonly lineHeightPx: number;
  readonly lines: number;
  readonly lineCharacters: number;
  /** Room for one line. */
  readonly lineWidthPx: number;
  readonly paddingXPx: number;
  readonly paddingYPx: number;
  readonly boxWidthPx: number;
  readonly boxHeightPx: number;
}

export interface FitOptions {
  /** Where absent, the captions are as wide as they want to be. */
  readonly availableWidthPx?: number;
  /** Width of a digit, in parts of the letter size: what a character is reckoned to take. */
  readonly characterEm: number;
}

/**
 * Sizes at which a whole line fits: letters become smaller where the room is narrow, all by the same measure, and no
 * line is ever broken a second time.
 */
export function fitCaptions(appearance: CaptionAppearance, options: FitOptions): CaptionFit {
  const { lineCharacters, lines, lineSpacing } = appearance;
  const { availableWidthPx = Number.POSITIVE_INFINITY } = options;
  const lineEm = lineCharacters * advanceEm(appearance, options);
  const fitting = Math.floor((availableWidthPx / (lineEm + 2 * PADDING_X)) * 4) / 4;
  const fontSizePx = Math.max(SMALLEST_FONT_PX, Math.min(appearance.fontSize, fitting));
  // Whole pixels: lines then scroll by exactly what they are high.
  const lineHeightPx = Math.round(fontSizePx * lineSpacing);
  const lineWidthPx = Math.ceil(fontSizePx * lineEm);
  const paddingXPx = Math.floor(fontSizePx * PADDING_X);
  const paddingYPx = Math.round(fontSizePx * PADDING_Y);
  return {
    fontSizePx,
    lineHeightPx,
    lines,
    lineCharacters,
    lineWidthPx,
    paddingXPx,
    paddingYPx,
    boxWidthPx: lineWidthPx + 2 * paddingXPx,
    boxHeightPx: lines * lineHeightPx + 2 * paddingYPx,
  };
}

export interface PageRoom {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Whether the page’s address says how many lines, and how many characters a line. */
  readonly linesChosen: boolean;
  readonly charactersChosen: boolean;
}

/**
 * Captions for a page of any size. A phone held upright gets shorter lines of readable letters, and as many as its
 * screen holds.
 */
export function appearanceForPage(
  appearance: CaptionAppearance,
  room: PageRoom,
  characterEm: number,
): CaptionAppearance {
  const wanted = Math.min(appearance.fontSize, READABLE_FONT_PX);
  const asIs = fitCaptions(appearance, { availableWidthPx: room.widthPx, characterEm });
  if (asIs.fontSizePx >= wanted) return appearance;
  const characters = Math.floor(
    (room.widthPx / wanted - 2 * PADDING_X) / advanceEm(appearance, { characterEm }),
  );
  const narrow: CaptionAppearance = room.charactersChosen
    ? appearance
    : { ...appearance, lineCharacters: Math.max(FEWEST_CHARACTERS, characters) };
  if (room.linesChosen) return narrow;
  const { lineHeightPx, paddingYPx } = fitCaptions(narrow, { availableWidthPx: room.widthPx, characterEm });
  const lines = Math.floor((room.heightPx - 2 * paddingYPx) / lineHeightPx);
  return { ...narrow, lines: Math.max(appearance.lines, lines) };
}

function advanceEm({ letterSpacing }: CaptionAppearance, { characterEm }: FitOptions): number {
  return characterEm + letterSpacing;
}
