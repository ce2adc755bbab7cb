/** The groups of tests. Each is a project of vitest and has a command of its own; CONTRIBUTING.md lists them. */

/** A service that npm does not install. */
export type Needed = 'chromium' | 'postgres' | 'radosgw';

export interface Group {
  include: string[];
  exclude?: string[];
  /** Without one of these the group does not run. */
  needs?: Needed[];
  /** Whether each file gets modules and globals of its own; loading the service anew takes a second. */
  isolate?: boolean;
  /** Whether its files run one at a time, and each may last for minutes. */
  isLong?: boolean;
}

/**
 * Files that run the whole service through outages, floods, races between replicas and stores of many makers. They wait
 * for timeouts and leases, so they would take half of the time of `npm test`.
 */
export const SERVICE = [
  'filesystem-lock',
  'koa-lane',
  'made-up-pages',
  'many-copies',
  'many-copies-races',
  'money-and-store',
  'occupied-places',
  'outages',
  'overload',
  'renditions',
  'replicas',
  'review',
  's3-conditions',
  'slow-readers',
  'store-quirks',
  'take-down-races',
];
const SERVICE_FILES = SERVICE.map((name) => `tests/{app,http,adapters}/**/${name}.test.ts`);

/** Real servers, browsers, broken networks and commands in processes of their own. */
const SLOW = {
  service: { include: SERVICE_FILES },
  /** The service and the scripts, each started as a user starts it. */
  processes: { include: ['tests/processes/**/*.test.ts'] },
  faults: { include: ['tests/faults/**/*.test.ts'] },
  s3: { include: ['tests/s3/**/*.test.ts'], needs: ['radosgw'] },
  database: { include: ['tests/database/**/*.test.ts'], needs: ['postgres'] },
  browser: {
    // The files of `tests/embed` are in the fast group, too, with what they have that needs no browser.
    include: ['tests/browser/**/*.test.ts', 'tests/embed/**/*.test.ts'],
    needs: ['chromium'],
  },
  long: { include: ['tests/long/*.test.ts'], isLong: true },
  'long-s3': { include: ['tests/long/s3/*.test.ts'], needs: ['radosgw'], isLong: true },
  'long-database': {
    include: ['tests/long/database/*.test.ts'],
    needs: ['postgres'],
    isLong: true,
  },
  'long-browser': { include: ['tests/long/browser/*.test.ts'], needs: ['chromium'], isLong: true },
} satisfies Record<string, Group>;

export const GROUPS: Readonly<Record<string, Group>> = {
  /** Complete by itself: `npm test`. */
  fast: {
    isolate: false,
    include: ['tests/**/*.test.ts', 'packages/*/tests/**/*.test.ts'],
    exclude: [
      ...SERVICE_FILES,
      ...['processes', 'faults', 's3', 'database', 'browser', 'long'].map(
        (folder) => `tests/${folder}/**`,
      ),
    ],
  },
  ...SLOW,
};
