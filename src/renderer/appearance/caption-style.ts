import type { CaptionAppearance } from './caption-appearance.ts';
import type { CaptionFit } from './caption-fit.ts';
import { contrastRatio, dimmedText, opposite, READABLE_CONTRAST, worstContrast } from './contrast.ts';

/** CSS variables that `overlay.css` draws captions by. */
export type CaptionStyle = Readonly<Record<`--caption-${string}`, string>>;

const WEIGHTS = { normal: '400', medium: '500', bold: '700' } as const;
const GENERIC_FONTS: ReadonlySet<string> = new Set([
  'system-ui',
  'sans-serif',
  'serif',
  'monospace',
  'ui-rounded',
  'ui-serif',
  'ui-monospace',
]);

/** @returns the appearance at these sizes, as CSS variables. */
export function captionStyle(appearance: CaptionAppearance, fit: CaptionFit): CaptionStyle {
  const { textColor, backgroundColor, backgroundOpacity } = appearance;
  const unstable = isOutlined(appearance)
    ? textColor
    : dimmedText(textColor, backgroundColor, backgroundOpacity);
  return {
    '--caption-font-family': fontFamilyOf(appearance),
    '--caption-font-size': `${fit.fontSizePx}px`,
    '--caption-font-weight': fontWeightOf(appearance),
    '--caption-line-height': `${fit.lineHeightPx}px`,
    '--caption-letter-spacing': `${appearance.letterSpacing}em`,
    '--caption-text': textColor,
    '--caption-unstable': unstable,
    '--caption-background': `${backgroundColor}${hexByte(backgroundOpacity)}`,
    '--caption-edge': opposite(textColor),
    '--caption-align': appearance.alignment === 'center' ? 'center' : 'start',
    '--caption-padding': `${fit.paddingYPx}px ${fit.paddingXPx}px`,
    '--caption-line-width': `${fit.lineWidthPx}px`,
    '--caption-box-width': `${fit.boxWidthPx}px`,
    '--caption-lines-height': `${fit.lines * fit.lineHeightPx}px`,
  };
}

/** A font as CSS and a canvas take it; what is missing is taken from the system’s own. */
export function fontFamilyOf({ fontFamily }: Pick<CaptionAppearance, 'fontFamily'>): string {
  const names = fontFamily
    .split(',')
    .map((name) => name.trim().replaceAll("'", ''))
    .filter((name) => name !== '')
    .map((name) => (GENERIC_FONTS.has(name.toLowerCase()) ? name.toLowerCase() : `"${name}"`));
  return [...new Set([...names, 'system-ui', 'sans-serif'])].join(', ');
}

export function fontWeightOf({ fontWeight }: Pick<CaptionAppearance, 'fontWeight'>): string {
  return WEIGHTS[fontWeight];
}

/** What can be said of how well captions can be read. */
export interface Readability {
  /** Contrast whatever is behind the captions, 1 to 21. */
  readonly contrast: number;
  readonly readable: boolean;
}

/** An outline all around the letters is a background of its own (WCAG 2.2, understanding 1.4.3). */
export function readabilityOf(appearance: CaptionAppearance): Readability {
  const { textColor, backgroundColor, backgroundOpacity, edge } = appearance;
  const contrast = Math.max(
    worstContrast(textColor, backgroundColor, backgroundOpacity),
    edge === 'outline' ? contrastRatio(textColor, opposite(textColor)) : 1,
  );
  return { contrast, readable: contrast >= READABLE_CONTRAST };
}

/** Whether it is the outline that keeps the letters readable. */
function isOutlined({ textColor, backgroundColor, backgroundOpacity, edge }: CaptionAppearance): boolean {
  return (
    edge === 'outline' && worstContrast(textColor, backgroundColor, backgroundOpacity) < READABLE_CONTRAST
  );
}

function hexByte(share: number): string {
  return Math.round(share * 255)
    .toString(16)
    .padStart(2, '0');
}
