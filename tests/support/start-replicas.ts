import { onTestFinished } from 'vitest';
import { OpenAiStandIn } from './openai-stand-in.ts';
import { productionEnvironment } from './production-environment.ts';
import { S3StandIn } from './s3-stand-in.ts';
import { serveFetch } from './serve-fetch.ts';
import { startService } from './start-service.ts';

/** Stand-ins, and what starts processes of the service on them; all of it ends with the test. */
export async function openUpstreams() {
  const s3 = new S3StandIn();
  const openai = new OpenAiStandIn();
  const [bucket, images] = await Promise.all([serveFetch(s3.handle), serveFetch(openai.handle)]);
  const urls = { s3: bucket.url, openai: images.url };
  onTestFinished(async () => {
    s3.mend();
    await Promise.all([bucket.close(), images.close()]);
  });
  const start = async (
    env: Record<string, string> = {},
    options: Parameters<typeof startService>[1] = {},
  ) => {
    const service = await startService({ ...productionEnvironment(urls), ...env }, options);
    onTestFinished(async () => void (await service.stop('SIGKILL')));
    return service;
  };
  const keys = (pattern: RegExp) => [...s3.objects.keys()].filter((key) => pattern.test(key));
  return {
    s3,
    openai,
    /** Where the store is served. */
    storeUrl: urls.s3,
    start,
    keys,
    /** Of dated pictures, by day, such as `2026/11/21`. */
    datedOn: (day: string) => keys(new RegExp(`^generated/v2/${day}/[^/]+\\.png$`)),
  };
}
