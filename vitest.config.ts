import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    // They take minutes: `npm run test:long`.
    exclude: ['tests/long/**'],
    globalSetup: ['tests/support/built-assets.ts', 'tests/support/real-services.ts'],
    // Most of them wait for sockets and processes, and one at a time would take twice as long.
    maxWorkers: 2,
    setupFiles: ['tests/support/clear-of-midnight.ts'],
    testTimeout: 15_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
  },
});
