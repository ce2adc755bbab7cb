import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { TestProject } from 'vitest/node';

/** An S3 server to test against. */
export interface S3Service {
  /** Such as `http://127.0.0.1:8190`. */
  endpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Ceph's S3 gateway, `null` where none answers. */
    radosgw: S3Service | null;
    /** The path of a Chromium that can be started, `null` where there is none. */
    chromium: string | null;
  }
}

/** A service that this run has to do without. */
interface Missing {
  service: string;
  /** The test groups that need it. */
  groups: string[];
  /** How to get it. */
  remedy: string;
}

const RADOSGW_TIMEOUT_MS = 2000;
const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const CHROMIUM_PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

const missing: Missing[] = [];

/**
 * Looks for the real services that some tests are for, before all tests. Tests ask with
 * `inject('radosgw')` and do not register where they get `null`; what has not run for that reason is
 * said at the end of the run, or is an error at once where CAFE_REQUIRE_SERVICES is 1.
 */
export async function setup(project: TestProject): Promise<void> {
  missing.length = 0;
  const [radosgw, chromium] = await Promise.all([findRadosgw(), findChromium()]);
  project.provide('radosgw', radosgw);
  project.provide('chromium', chromium);
  if (!radosgw) {
    missing.push({
      service: `an S3 server at ${s3Endpoint()}`,
      groups: [
        'tests/contracts/{image-store,page-claims}, tests/acceptance/s3 and tests/cli over radosgw',
      ],
      remedy: 'tests/support/radosgw.sh start, or set CAFE_TEST_S3_ENDPOINT',
    });
  }
  if (!chromium) {
    missing.push({
      service: 'Chromium',
      groups: ['tests/browser and tests/element in a browser'],
      remedy: 'install it (Debian: apt-get install chromium), or set CAFE_TEST_CHROMIUM',
    });
  }
  if (missing.length > 0 && process.env.CAFE_REQUIRE_SERVICES === '1') {
    throw new Error(`CAFE_REQUIRE_SERVICES is 1, but:\n${report(missing)}`);
  }
}

export function teardown(): void {
  if (missing.length > 0) process.stdout.write(`\n${report(missing)}\n`);
}

function report(lacks: Missing[]): string {
  return lacks
    .map(({ service, groups, remedy }) => {
      return `did not run: ${groups.join(', ')} (needs ${service}: ${remedy})`;
    })
    .join('\n');
}

function s3Endpoint(): string {
  return process.env.CAFE_TEST_S3_ENDPOINT || 'http://127.0.0.1:8190';
}

async function findRadosgw(): Promise<S3Service | null> {
  const endpoint = s3Endpoint();
  try {
    const signal = AbortSignal.timeout(RADOSGW_TIMEOUT_MS);
    const answer = await fetch(endpoint, { signal });
    // Something else may be listening there. An S3 server lists no buckets, or says why not.
    if (!/<(ListAllMyBucketsResult|Error)\b/.test(await answer.text())) return null;
  } catch {
    return null;
  }
  return {
    endpoint,
    accessKeyId: process.env.CAFE_TEST_S3_ACCESS_KEY_ID || 'cafeaccess',
    secretAccessKey: process.env.CAFE_TEST_S3_SECRET_ACCESS_KEY || 'cafesecret',
  };
}

async function findChromium(): Promise<string | null> {
  const named = process.env.CAFE_TEST_CHROMIUM;
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const places = CHROMIUM_NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  for (const place of named ? [named] : [...places, ...CHROMIUM_PLACES]) {
    if (await canRun(place)) return place;
  }
  return null;
}

async function canRun(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
