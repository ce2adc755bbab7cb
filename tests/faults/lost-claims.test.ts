import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FaultProxy } from '../support/fault-proxy.ts';
import { askFor } from '../support/open-proxied-cafe.ts';
import type { ScriptedAnswer } from '../support/openai-stand-in.ts';
import { openUpstreams } from '../support/start-replicas.ts';
import { today } from '../support/utc-days.ts';

// Processes take their time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const LEASE = { CLAIM_LEASE_MS: '1000' };
const ONE_CALL = { ...LEASE, MAX_CONCURRENT_GENERATIONS: '1' };

/** An answer that comes when it is let go. */
function heldAnswer(): { answer: ScriptedAnswer; letGo: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const answer: ScriptedAnswer = async ({ usual }) => {
    await promise;
    return usual();
  };
  return { answer, letGo: resolve };
}

/** One replica with a call under way for /posts/a and /posts/b in its queue, and another one. */
async function openQueue(storeUrlOf?: (url: string) => Promise<string>) {
  const upstreams = await openUpstreams();
  const { s3, openai, start, storeUrl } = upstreams;
  const ownUrl = await storeUrlOf?.(storeUrl);
  const [queueing, other] = await Promise.all([
    start({ ...ONE_CALL, ...(ownUrl ? { AWS_ENDPOINT_URL_S3: ownUrl } : {}) }),
    start(LEASE),
  ]);
  const { answer, letGo } = heldAnswer();
  openai.answerNext(answer);
  const running = askFor(queueing.url, '/posts/a');
  await expect.poll(() => openai.journal.length).toBe(1);
  const queued = askFor(queueing.url, '/posts/b');
  const reserved = new RegExp(`^records/${today()}/`);
  await expect.poll(() => s3.countOf({ operation: 'put', key: reserved })).toBe(2);
  return { ...upstreams, queueing, other, running, queued, letGo };
}

describe('K14: a replica that loses a page while that waits for its turn', () => {
  it('buys nothing for it once it was stopped, and shows what the other one bought', async () => {
    const { openai, queueing, other, running, queued, letGo, keys } = await openQueue();
    queueing.signal('SIGSTOP');
    const bought = await askFor(other.url, '/posts/b');
    expect(bought.status).toBe(200);
    queueing.signal('SIGCONT');
    letGo();
    expect((await running).status).toBe(200);
    // Calls to the store may have timed out while the replica was stopped.
    expect([200, 503]).toContain((await queued).status);
    await expect.poll(() => askFor(queueing.url, '/posts/b'), { timeout: 30_000 }).toEqual(bought);
    expect(openai.journal).toHaveLength(2);
    // The unit of the call that was not made is given back.
    await expect.poll(() => keys(/\.refused\.0\.json$/)).toHaveLength(1);
    expect(keys(/\.spent\.\d+\.json$/)).toHaveLength(2);
    expect(keys(/^records\/shown\//)).toHaveLength(2);
    // A lost page is no failure of the generator.
    expect(queueing.output()).not.toContain('generation failed');
  });

  it('buys nothing for it while its claim cannot be written', async () => {
    let proxy: FaultProxy | undefined;
    const { openai, other, running, queued, letGo } = await openQueue(async (storeUrl) => {
      proxy = await FaultProxy.before(storeUrl);
      return proxy.url;
    });
    onTestFinished(() => proxy?.close());
    await proxy?.set(
      { kind: 'reset', of: 'request', afterBytes: 0 },
      { only: /^PUT [^ ]*\/records\/pages\// },
    );
    const bought = await askFor(other.url, '/posts/b');
    expect(bought.status).toBe(200);
    letGo();
    expect((await running).status).toBe(200);
    expect(await queued).toEqual(bought);
    expect(openai.journal).toHaveLength(2);
  });

  it('buys nothing for it while the generator is to be asked again', async () => {
    const { openai, start } = await openUpstreams();
    const [waiting, other] = await Promise.all([start(LEASE), start(LEASE)]);
    openai.answerNext(() =>
      Response.json(
        { error: { message: 'slow down' } },
        { status: 429, headers: { 'retry-after': '3' } },
      ),
    );
    const asked = askFor(waiting.url, '/posts/a');
    await expect.poll(() => openai.journal.length).toBe(1);
    waiting.signal('SIGSTOP');
    const bought = await askFor(other.url, '/posts/a');
    expect(bought.status).toBe(200);
    waiting.signal('SIGCONT');
    expect(await asked).toEqual(bought);
    expect(openai.journal).toHaveLength(2);
  });
});
