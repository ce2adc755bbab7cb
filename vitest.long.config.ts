import { defineConfig } from 'vitest/config';

/** Tests that take minutes: `npm run test:long`. */
export default defineConfig({
  test: {
    include: ['tests/long/**/*.test.ts'],
    globalSetup: ['tests/support/real-services.ts'],
    setupFiles: ['tests/support/clear-of-midnight.ts'],
    testTimeout: 180_000,
    hookTimeout: 60_000,
    // They measure and kill: not beside each other.
    fileParallelism: false,
  },
});
