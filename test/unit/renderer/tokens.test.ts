import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const CSS = readFileSync(new URL('../../../src/renderer/styles/tokens.css', import.meta.url), 'utf8');

/** WCAG 2.2: 1.4.3 for text, 1.4.11 for edges of controls and for focus. */
const TEXT = 4.5;
const EDGE = 3;

const GROUNDS = ['canvas', 'surface', 'sunken', 'raised', 'hover'];
const PAIRS: readonly (readonly [string, string, number])[] = [
  ...['ink', 'ink-muted'].flatMap((ink) => GROUNDS.map((ground) => [ink, ground, TEXT] as const)),
  ...['accent', 'danger', 'warning', 'success'].flatMap((tone) => [
    [tone, 'canvas', TEXT] as const,
    [tone, 'surface', TEXT] as const,
    [tone, 'raised', TEXT] as const,
    [tone, `${tone}-soft`, TEXT] as const,
    ['ink', `${tone}-soft`, TEXT] as const,
  ]),
  ['on-accent', 'accent', TEXT],
  ['on-accent', 'accent-strong', TEXT],
  ['on-danger', 'danger', TEXT],
  ['on-danger', 'danger-strong', TEXT],
  ...GROUNDS.map((ground) => ['line-strong', ground, EDGE] as const),
  ...GROUNDS.map((ground) => ['accent', ground, EDGE] as const),
];

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('colours of the %s theme', (_, index) => {
  it.each(PAIRS)('%s can be seen on %s, at %s to 1', (front, back, least) => {
    expect(contrast(color(front, index), color(back, index))).toBeGreaterThanOrEqual(least);
  });
});

function color(name: string, index: 0 | 1): string {
  const match = new RegExp(`--color-${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`, 'u').exec(CSS);
  const found = match?.[index + 1];
  if (!found) throw new Error(`tokens.css has no colour ${name}.`);
  return found;
}

function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

/** WCAG’s relative luminance. */
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
