import { expect, it } from 'vitest';
import { isSameAccelerator } from '../../../src/main/accelerator.ts';

it('knows the same keys however they are spelt', () => {
  expect(isSameAccelerator('CommandOrControl+Alt+C', 'alt+ctrl+c', 'linux')).toBe(true);
  expect(isSameAccelerator('CmdOrCtrl+Option+C', 'Command+Alt+C', 'darwin')).toBe(true);
});

it('tells other keys apart, and none from any', () => {
  expect(isSameAccelerator('CommandOrControl+Alt+C', 'Control+Alt+C', 'darwin')).toBe(false);
  expect(isSameAccelerator(null, null)).toBe(false);
});
