import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts', 'test/integration/**/*.test.ts'],
    // The engine's child process runs compiled code.
    globalSetup: 'test/global-setup.ts',
    // A hung test is a failure; nothing here is meant to take this long.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
