import { afterAll, vi } from 'vitest';

/** After every file of tests, as the next one may run in the same worker. */
afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  vi.resetConfig();
});
