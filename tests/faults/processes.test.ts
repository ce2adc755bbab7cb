import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { expiredCertificate } from '../support/expired-certificate.ts';
import { askFor } from '../support/open-proxied-cafe.ts';
import { rawConnection } from '../support/raw-http.ts';
import { openUpstreams } from '../support/start-replicas.ts';

const PAGE_KEY = 'generated/v2/page-cache/article/posts/a-anywhere.png';
const DATED = /^generated\/v2\/\d{4}\/[^.]*\.png$/;

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cafe-faults-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

describe('K12: a replica that stands still while it paints a page', () => {
  it('has its page taken over, and changes nothing of it when it wakes', async () => {
    const { s3, openai, keys, start } = await openUpstreams();
    const [paused, other] = await Promise.all([
      start({ CLAIM_LEASE_MS: '1000' }),
      start({ CLAIM_LEASE_MS: '1000' }),
    ]);
    // The other one must not find the picture that is on its way.
    const { promise: woken, resolve: wake } = Promise.withResolvers<void>();
    openai.answerNext(async ({ usual }) => {
      await woken;
      return usual();
    });
    const late = askFor(paused.url, '/posts/a');
    await expect.poll(() => openai.journal.length).toBe(1);
    paused.signal('SIGSTOP');
    const first = await askFor(other.url, '/posts/a');
    expect(first.status).toBe(200);
    const shown = s3.objects.get(PAGE_KEY);
    expect(shown?.metadata.source).toBe('generated');
    wake();
    paused.signal('SIGCONT');
    expect(await late).toEqual(first);
    expect(s3.objects.get(PAGE_KEY)).toBe(shown);
    const refused = s3.journal.filter(({ key, status }) => key === PAGE_KEY && status === 412);
    expect(refused).toHaveLength(1);
    // Both are paid for, and both are in the pool.
    expect([openai.journal.length, keys(DATED).length]).toEqual([2, 2]);
  });
});

describe('P2: a second SIGTERM', () => {
  it('ends the service at once, with 1', async () => {
    const { openai, start } = await openUpstreams();
    const service = await start();
    openai.latencyMs = 60_000;
    const cutOff = expect(askFor(service.url, '/posts/a')).rejects.toThrow();
    await expect.poll(() => openai.journal.length).toBe(1);
    service.signal('SIGTERM');
    await expect.poll(() => service.output()).toContain('shutting down');
    expect(await service.stop('SIGTERM')).toEqual({ code: 1, signal: null });
    await cutOff;
  });
});

describe.runIf(process.platform === 'linux')('P8: more connections than there may be', () => {
  it('are turned away, and the service goes on when they have left', async () => {
    const { start } = await openUpstreams();
    const service = await start({}, { mostOpenFiles: 100 });
    expect(service.output()).toContain('ulimit -n is 100');
    const crowd = Array.from({ length: 200 }, () => rawConnection(service.url));
    await Promise.allSettled(crowd.map((socket) => once(socket, 'connect')));
    for (const socket of crowd) socket.destroy();
    await expect
      .poll(() => askFor(service.url, '/posts/a').then(({ status }) => status, String))
      .toBe(200);
    expect(await service.stop()).toEqual({ code: 0, signal: null });
  });
});

describe('S15: a store whose certificate has expired', () => {
  it('is out of reach, which is 503, and the log says why', async () => {
    const { openai, start } = await openUpstreams();
    const certificate = expiredCertificate();
    const server = createServer(certificate, (_, response) => void response.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    // Trusted but for its age.
    const trusted = path.join(await temporaryFolder(), 'certificate.pem');
    await writeFile(trusted, certificate.cert);
    const service = await start({
      AWS_ENDPOINT_URL_S3: `https://localhost:${(server.address() as AddressInfo).port}`,
      NODE_EXTRA_CA_CERTS: trusted,
    });
    expect(await askFor(service.url, '/posts/a')).toMatchObject({
      status: 503,
      code: 'storage_unavailable',
    });
    expect(service.output()).toContain('certificate has expired');
    expect(openai.journal).toEqual([]);
  });
});
