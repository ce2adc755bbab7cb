import { vi } from 'vitest';

/** As `expect.poll` has it in vitest.config.ts: a ceiling for what hangs. The default of one second is none. */
const PATIENCE_MS = 60_000;
const { waitFor } = vi;

const patientWaitFor: typeof waitFor = (callback, options = {}) =>
  waitFor(callback, {
    timeout: PATIENCE_MS,
    ...(typeof options === 'number' ? { timeout: options } : options),
  });

// Where files share a worker, each of them comes by here.
if (waitFor.name !== patientWaitFor.name) vi.waitFor = patientWaitFor;
