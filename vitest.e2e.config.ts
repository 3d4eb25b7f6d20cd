import { defineConfig } from 'vitest/config';
import { reporters } from './vitest.config.ts';

/** The suites that need a real browser, or real time: minutes, not seconds. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    globalSetup: ['test/e2e/setup.ts'],
    // One at a time: they measure and load the machine.
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 120_000,
    reporters: reporters('e2e'),
  },
});
