import { expect, it } from 'vitest';
import { truncateCloseReason } from '../../../src/core/server/connection.ts';

it('keeps a close reason that fits', () => {
  expect(truncateCloseReason('x'.repeat(123))).toBe('x'.repeat(123));
});

it('cuts a close reason to 123 bytes between characters', () => {
  expect(truncateCloseReason('x'.repeat(124))).toBe('x'.repeat(123));
  expect(truncateCloseReason(`${'x'.repeat(122)}é`)).toBe('x'.repeat(122));
  expect(truncateCloseReason(`${'x'.repeat(121)}😀`)).toBe('x'.repeat(121));
});
