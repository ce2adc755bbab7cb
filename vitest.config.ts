import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/support/real-services.ts'],
    testTimeout: 15_000,
    hookTimeout: 60_000,
  },
});
