import { expect, it, onTestFinished } from 'vitest';
import type { Fault } from '../support/faults.ts';
import { startS3 } from '../support/s3-process.ts';
import { OWNER } from '../support/s3-server-settings.ts';
import { S3StandIn } from '../support/s3-stand-in.ts';
import { serveFetch } from '../support/serve-fetch.ts';

async function opened() {
  const s3 = new S3StandIn();
  const served = await serveFetch(s3.handle);
  onTestFinished(() => served.close());
  const call = (method: string, key: string, body?: string) =>
    fetch(`${served.url}/${s3.bucket}/${key}`, {
      method,
      headers: { Authorization: 'any' },
      ...(body === undefined ? {} : { body }),
    });
  const { promise, resolve } = Promise.withResolvers<void>();
  const next = (fault: Fault) => {
    s3.weather = () => {
      s3.weather = undefined;
      return fault;
    };
  };
  return { s3, call, next, later: promise, carryOut: resolve };
}

it('a late write is not answered, and carried out afterwards', async () => {
  const { s3, call, next, later, carryOut } = await opened();
  next({ kind: 'late', until: later });
  await expect(call('PUT', 'a', 'first')).rejects.toThrow('fetch failed');
  expect((await call('PUT', 'a', 'second')).status).toBe(200);
  carryOut();
  await expect.poll(() => String(Buffer.from(s3.objects.get('a')!.bytes))).toBe('first');
});

it('a write that comes twice is answered, and carried out once more afterwards', async () => {
  const { s3, call, next, later, carryOut } = await opened();
  s3.seed('a', 'any');
  next({ kind: 'twice', again: later });
  expect((await call('DELETE', 'a')).status).toBe(204);
  await call('PUT', 'a', 'new');
  carryOut();
  await expect.poll(() => s3.objects.size).toBe(0);
});

it('an answer that gets stuck has a beginning and no end', async () => {
  const { s3, call, next } = await opened();
  s3.seed('a', 'whole');
  next({ kind: 'stall', afterBytes: 2 });
  const answer = await call('GET', 'a');
  expect(answer.headers.get('content-length')).toBe('5');
  const reader = answer.body!.getReader();
  const { value } = await reader.read();
  expect(String(Buffer.from(value!))).toBe('wh');
  await reader.cancel();
});

it('the owner sees the store of another process without its weather', async () => {
  const s3 = await startS3(1);
  await s3.set({ listingLagMs: 0, clockOffsetMs: 7_200_000, share: 1, maxLateMs: 0 });
  const put = (key: string) =>
    fetch(`${s3.url}/cafe-test/a`, {
      method: 'PUT',
      headers: { Authorization: `AWS4-HMAC-SHA256 Credential=${key}/2026` },
      body: 'any',
      signal: AbortSignal.timeout(1000),
    }).then(
      ({ ok }) => ok,
      () => false,
    );
  const others = await Promise.all(Array.from({ length: 8 }, () => put('another')));
  expect(others).toContain(false);
  const owners = await Promise.all(Array.from({ length: 8 }, () => put(OWNER)));
  expect(owners).not.toContain(false);
});
