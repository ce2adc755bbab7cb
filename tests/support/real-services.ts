import { access, constants, readdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type {} from 'vitest';
import type { Needed } from '../groups.ts';

/** An S3 server to test against. */
export interface S3Service {
  /** Such as `http://127.0.0.1:8190`. */
  endpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** Where PostgreSQL is installed. */
export interface PostgresPrograms {
  /** The folder of `initdb` and `postgres`. */
  bin: string;
  /** The path of PgBouncer. */
  pgbouncer: string;
}

/** A PostgreSQL server to test against. */
export interface PostgresService {
  /** For tests that stop and break a server of their own. */
  programs: PostgresPrograms;
  /** The address of a running server, for the user that may create databases. */
  ownersUrl: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** `null` where it is not installed. */
    postgres: PostgresService | null;
    /** Ceph's S3 gateway, `null` where none answers. */
    radosgw: S3Service | null;
    /** The path of a Chromium that can be started, `null` where there is none. */
    chromium: string | null;
  }
}

const RADOSGW_TIMEOUT_MS = 10_000;
const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const DEBIAN_POSTGRES = '/usr/lib/postgresql';
const CHROMIUM_PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** What is missing, and how to get it. */
export function sayMissing(service: Needed): string {
  return {
    chromium:
      'needs Chromium: install it (Debian: apt-get install chromium), or set CAFE_TEST_CHROMIUM',
    postgres:
      'needs PostgreSQL and PgBouncer: install them (Debian: apt-get install postgresql pgbouncer), or set CAFE_TEST_POSTGRES_BIN to the folder of initdb',
    radosgw: `needs an S3 server at ${s3Endpoint()}: npm run services:start, or set CAFE_TEST_S3_ENDPOINT`,
  }[service];
}

/** The first of these services that is missing. */
export async function firstMissing(needs: readonly Needed[]): Promise<Needed | undefined> {
  const find = { chromium: findChromium, postgres: findPostgres, radosgw: findRadosgw };
  for (const service of needs) if (!(await find[service]())) return service;
  return undefined;
}

function s3Endpoint(): string {
  return process.env.CAFE_TEST_S3_ENDPOINT || 'http://127.0.0.1:8190';
}

/** Ceph's S3 gateway, or another S3 server; `null` where none answers. */
export async function findRadosgw(): Promise<S3Service | null> {
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

/** The path of a Chromium that can be started; `null` where there is none. */
export async function findChromium(): Promise<string | null> {
  const named = process.env.CAFE_TEST_CHROMIUM;
  const places = CHROMIUM_NAMES.flatMap((name) => onPath().map((folder) => join(folder, name)));
  return firstToRun(named ? [named] : [...places, ...CHROMIUM_PLACES]);
}

/** PostgreSQL, in its newest version, and PgBouncer; `null` where one of them is not installed. */
export async function findPostgres(): Promise<PostgresPrograms | null> {
  const named = process.env.CAFE_TEST_POSTGRES_BIN;
  const folders = named ? [named] : [...(await debiansPostgres()), ...onPath()];
  const initdb = await firstToRun(folders.map((folder) => join(folder, 'initdb')));
  const pgbouncer = await firstToRun(
    [...onPath(), '/usr/sbin'].map((folder) => join(folder, 'pgbouncer')),
  );
  return initdb && pgbouncer ? { bin: dirname(initdb), pgbouncer } : null;
}

async function debiansPostgres(): Promise<string[]> {
  const versions = await readdir(DEBIAN_POSTGRES).catch(() => []);
  const newestFirst = versions.toSorted((a, b) => Number(b) - Number(a));
  return newestFirst.map((version) => join(DEBIAN_POSTGRES, version, 'bin'));
}

function onPath(): string[] {
  return (process.env.PATH ?? '').split(delimiter).filter(Boolean);
}

async function firstToRun(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) if (await canRun(path)) return path;
  return null;
}

async function canRun(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
