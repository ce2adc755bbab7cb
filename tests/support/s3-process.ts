import { onTestFinished } from 'vitest';
import { Forked } from './forked.ts';
import type { S3ServerSettings } from './s3-server-settings.ts';

/** The S3 stand-in in a process of its own, so that it answers however busy the test is. It ends with the test. */
export async function startS3(seed: number) {
  const [server, url] = await Forked.start<string>('s3-server.ts', String(seed));
  onTestFinished(() => server.stop());
  return {
    url,
    set: (settings: S3ServerSettings) => server.ask<string>(settings),
  };
}

export type S3Process = Awaited<ReturnType<typeof startS3>>;
