import { defineConfig } from 'vitest/config';
import { GROUPS, type Group } from './tests/groups.ts';

/** A group as a project of vitest. Groups that share a machine badly run one after another. */
function projectOf(
  name: string,
  { include, exclude = [], needs = [], isolate = true, isLong }: Group,
  at: number,
) {
  return {
    extends: true as const,
    test: {
      name,
      include,
      exclude,
      isolate,
      // Without a service the tests that need it are not there, and the group that needs it does not run.
      provide: { chromium: null, postgres: null, radosgw: null },
      globalSetup: [
        'tests/support/built-assets.ts',
        ...needs.map((service) => `tests/support/find-${service}.ts`),
      ],
      sequence: { groupOrder: at },
      fileParallelism: !isLong,
      ...(isLong ? { testTimeout: 600_000 } : {}),
    },
  };
}

export default defineConfig({
  test: {
    projects: Object.entries(GROUPS).map(([name, group], at) => projectOf(name, group, at)),
    setupFiles: ['clear-of-midnight', 'patience', 'restore-globals'].map(
      (name) => `tests/support/${name}.ts`,
    ),
    // As many as there are processors: most files wait for sockets.
    maxWorkers: '100%',
    // Ceilings that catch what hangs. No test is meant to come near them, on however busy a machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
