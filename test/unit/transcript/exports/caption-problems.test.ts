import { describe, expect, test } from 'vitest';
import { captionProblems } from '../../../../src/core/transcript/exports/caption-problems.ts';
import { DEFAULT_CAPTION_RULES } from '../../../../src/core/transcript/exports/caption-rules.ts';

const FINE = { startMs: 0, endMs: 2000, lines: ['One line', 'and another.'] };

function kindsOf(...cues: { startMs: number; endMs: number; lines: string[] }[]): [number, string, number][] {
  return captionProblems(cues, DEFAULT_CAPTION_RULES).map(({ cue, kind, value }) => [cue, kind, value]);
}

describe('captionProblems', () => {
  test('finds nothing wrong with captions that keep to the rules', () => {
    expect(kindsOf(FINE, { ...FINE, startMs: 2084, endMs: 9084 })).toEqual([]);
    expect(kindsOf({ startMs: 0, endMs: 4200, lines: ['x'.repeat(42), 'x'.repeat(42)] })).toEqual([]);
  });

  test.each([
    ['empty', { ...FINE, lines: [] }, 0],
    ['empty', { ...FINE, lines: ['One line', ' '] }, 9],
    ['too_many_lines', { ...FINE, lines: ['a', 'b', 'c'] }, 3],
    ['line_too_wide', { ...FINE, endMs: 5000, lines: ['x'.repeat(43)] }, 43],
    ['line_too_wide', { ...FINE, endMs: 5000, lines: ['字'.repeat(22)] }, 44],
    ['too_short', { ...FINE, endMs: 999, lines: ['Yes.'] }, 999],
    ['too_long', { ...FINE, endMs: 7001 }, 7001],
    ['too_fast', { ...FINE, endMs: 1000, lines: ['x'.repeat(15), 'x'.repeat(10)] }, 25],
  ])('%s', (kind, cue, value) => {
    expect(kindsOf(cue)).toEqual([[0, kind, value]]);
  });

  test('captions that overlap or follow too closely', () => {
    expect(kindsOf(FINE, { ...FINE, startMs: 1900, endMs: 3900 })).toEqual([[0, 'overlap', 100]]);
    expect(kindsOf(FINE, { ...FINE, startMs: 2083, endMs: 4083 })).toEqual([[0, 'gap_too_short', 83]]);
  });
});
