/** Contrast of captions on whatever is behind them, by the formulas of WCAG 2.2 (1.4.3, "relative luminance"). */

/** 1.4.3 asks this of text that is not large; captions are read at a distance, so size earns them no discount. */
export const READABLE_CONTRAST = 4.5;

type Rgb = readonly [red: number, green: number, blue: number];

const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];
/** How far unstable words are dimmed at most: this share of the way to the background. */
const DEEPEST_DIM = 0.42;
const DIM_STEP = 0.02;

/** Ratio of two opaque colours, such as `#ffffff`: 1 (the same) to 21. */
export function contrastRatio(one: string, other: string): number {
  return ratio(luminance(parse(one)), luminance(parse(other)));
}

/**
 * The contrast that text keeps whatever stands behind its background. A background that lets something through may
 * come out as bright as the text itself, and then there is none: 1.
 *
 * @param opacity of the background, 0 to 1.
 */
export function worstContrast(text: string, background: string, opacity: number): number {
  const own = luminance(parse(text));
  const onBlack = luminance(composite(parse(background), opacity, BLACK));
  const onWhite = luminance(composite(parse(background), opacity, WHITE));
  if (own >= onBlack && own <= onWhite) return 1;
  return Math.min(ratio(own, onBlack), ratio(own, onWhite));
}

/**
 * The lowest opacity, in hundredths, at which the background keeps text readable over anything.
 * @returns `null` where not even an opaque one does.
 */
export function lowestReadableOpacity(
  text: string,
  background: string,
  wanted: number = READABLE_CONTRAST,
): number | null {
  for (let hundredths = 0; hundredths <= 100; hundredths++) {
    if (worstContrast(text, background, hundredths / 100) >= wanted) return hundredths / 100;
  }
  return null;
}

/** Black or white, whichever stands out from the colour more. */
export function opposite(color: string): '#000000' | '#ffffff' {
  return contrastRatio(color, '#000000') >= contrastRatio(color, '#ffffff') ? '#000000' : '#ffffff';
}

/** The text colour mixed towards the background, as far as it stays readable over anything; at worst as it is. */
export function dimmedText(text: string, background: string, opacity: number): string {
  for (let share = DEEPEST_DIM; share > 0; share -= DIM_STEP) {
    const dimmed = format(composite(parse(background), share, parse(text)));
    if (worstContrast(dimmed, background, opacity) >= READABLE_CONTRAST) return dimmed;
  }
  return text;
}

function composite(color: Rgb, opacity: number, behind: Rgb): Rgb {
  const mix = (channel: 0 | 1 | 2): number => color[channel] * opacity + behind[channel] * (1 - opacity);
  return [mix(0), mix(1), mix(2)];
}

function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function ratio(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

function parse(color: string): Rgb {
  const value = Number.parseInt(color.slice(1), 16);
  return [(value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff];
}

function format(color: Rgb): string {
  return `#${color.map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('')}`;
}
