import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { liveTop, scrolledTop } from '../../../src/renderer/overlay/viewport.ts';

describe('the line that is shown first', () => {
  it('is the first while all lines have room', () => {
    expect(liveTop(0, { first: 0, last: 1, next: 1, rows: 2 })).toBe(0);
  });

  it('goes up as lines come', () => {
    expect(liveTop(0, { first: 0, last: 5, next: 5, rows: 2 })).toBe(4);
  });

  it('does not go back when unstable words vanish with their line', () => {
    expect(liveTop(4, { first: 0, last: 4, next: 4, rows: 2 })).toBe(4);
  });

  it('stays on the line that is still being written, however much unstable text there is', () => {
    expect(liveTop(0, { first: 0, last: 9, next: 4, rows: 2 })).toBe(4);
  });

  it('goes back to lines that are there when others were taken away', () => {
    expect(liveTop(50, { first: 0, last: 3, next: 3, rows: 2 })).toBe(2);
  });

  it('never falls while lines only come', () => {
    const step = fc.record({ next: fc.nat(2), tail: fc.nat(4) });
    fc.assert(
      fc.property(fc.array(step), fc.integer({ min: 1, max: 4 }), (steps, rows) => {
        let top = 0;
        let next = 0;
        for (const { next: by, tail } of steps) {
          next += by;
          const shown = liveTop(top, { first: 0, last: next + tail, next, rows });
          expect(shown).toBeGreaterThanOrEqual(top);
          top = shown;
        }
      }),
    );
  });
});

describe('scrolling back', () => {
  const span = { first: 10, last: 40, next: 40, rows: 2 };

  it('goes by lines', () => {
    expect(scrolledTop(39, -5, 39, span)).toBe(34);
  });

  it('ends at the oldest line there is', () => {
    expect(scrolledTop(12, Number.NEGATIVE_INFINITY, 39, span)).toBe(10);
  });

  it('is over where it reaches what is being said', () => {
    expect(scrolledTop(37, 2, 39, span)).toBeNull();
  });
});
