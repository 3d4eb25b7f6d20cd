import { defineConfig } from 'vitest/config';
import type { InlineConfig } from 'vitest/node';

/** For people; in CI also a count for machines, which `.ci/run` adds up. */
export function reporters(suite: string): NonNullable<InlineConfig['reporters']> {
  if (!process.env.CI) return ['default'];
  return ['default', ['json', { outputFile: `build/test-report/${suite}.json` }]];
}

export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts', 'test/integration/**/*.test.ts'],
    // The engine's child process runs compiled code.
    globalSetup: ['test/global-setup.ts'],
    // A hung test is a failure; nothing here is meant to take this long.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: reporters('test'),
  },
});
