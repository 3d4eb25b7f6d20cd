import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AskedFor, judgeAnswer, parseRetryAfter } from '../../../src/core/models/judge-answer.ts';

const WHOLE: AskedFor = { address: 'https://hub.example/ggml-tiny.bin', bytes: 1000, from: 0, etag: null };
const REST: AskedFor = { ...WHOLE, from: 400 };

function kindOf(status: number, headers: Record<string, string>, asked = REST): string {
  const verdict = judgeAnswer(status, headers, asked, 0);
  return verdict.kind === 'fail' ? verdict.error.code : verdict.kind;
}

describe('an answer with the rest of a file', () => {
  test.each([
    ['bytes 400-999/1000', {}, 'append'],
    ['bytes 400-999/*', {}, 'append'],
    ['bytes 400-699/1000', { 'content-length': '300' }, 'append'],
    ['bytes 400-999/1000', { 'content-length': '600' }, 'append'],
    ['bytes 400-999/1000', { 'content-length': '599' }, 'without_range'],
    ['bytes 399-999/1000', {}, 'without_range'],
    ['bytes 0-999/1000', {}, 'without_range'],
    ['bytes 400-1000/1000', {}, 'without_range'],
    ['bytes 400-399/1000', {}, 'without_range'],
    ['400-999/1000', {}, 'without_range'],
    ['bytes 400-999/1001', {}, 'size_mismatch'],
    ['bytes 400-999/1000', { 'content-encoding': 'gzip' }, 'download_failed'],
  ])('of %s and %o is judged %s', (range, headers, expected) => {
    expect(kindOf(206, { 'content-range': range, ...headers })).toBe(expected);
  });

  test('is refused where only a whole file was asked for', () => {
    expect(kindOf(206, { 'content-range': 'bytes 0-999/1000' }, WHOLE)).toBe('download_failed');
  });

  test('of another content, by its tag, is not added to what is there', () => {
    const asked = { ...REST, etag: '"old"' };
    const range = 'bytes 400-999/1000';
    expect(kindOf(206, { 'content-range': range, etag: '"new"' }, asked)).toBe('without_range');
    expect(kindOf(206, { 'content-range': range, etag: 'W/"old"' }, asked)).toBe('append');
    expect(kindOf(206, { 'content-range': range }, asked)).toBe('append');
  });

  test('is only ever added where it begins at the end of what is there and belongs to a file of that size', () => {
    const number = fc.nat({ max: 1200 });
    fc.assert(
      fc.property(number, number, number, fc.integer({ min: 1, max: 999 }), (first, last, total, from) => {
        const header = `bytes ${first}-${last}/${total}`;
        const verdict = judgeAnswer(206, { 'content-range': header }, { ...REST, from }, 0);
        if (verdict.kind === 'append') expect([first, total]).toEqual([from, 1000]);
        else expect(first === from && last >= from && last < 1000 && total === 1000).toBe(false);
      }),
    );
  });
});

describe('an answer with a whole file', () => {
  test.each([
    [{}, 'whole'],
    [{ 'content-length': '1000' }, 'whole'],
    [{ 'content-length': '600' }, 'size_mismatch'],
    [{ 'content-length': '1000', 'content-type': 'text/html' }, 'download_failed'],
    [{ 'content-encoding': 'identity' }, 'whole'],
  ])('and %o is judged %s', (headers, expected) => {
    expect(kindOf(200, headers)).toBe(expected);
  });
});

describe('Retry-After', () => {
  test('is seconds or a date, and nothing else', () => {
    const now = Date.parse('2026-11-20T12:00:00Z');
    expect(parseRetryAfter('120', now)).toBe(120_000);
    expect(parseRetryAfter('Fri, 20 Nov 2026 12:00:30 GMT', now)).toBe(30_000);
    expect(parseRetryAfter('Fri, 20 Nov 2026 11:00:00 GMT', now)).toBe(0);
    expect(parseRetryAfter('soon', now)).toBeNull();
    expect(parseRetryAfter(undefined, now)).toBeNull();
  });

  test('goes with answers that ask to come back', () => {
    expect(judgeAnswer(503, { 'retry-after': '7' }, WHOLE, 0)).toMatchObject({
      kind: 'later',
      afterMs: 7000,
    });
  });
});
