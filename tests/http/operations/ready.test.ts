import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clock/manual.ts';
import { MemoryImageStore } from '../../../src/adapters/image-store/memory.ts';
import { Readiness } from '../../../src/domain/monitoring/readiness.ts';
import { CountedStore } from '../../support/counted-store.ts';
import { openTestCafe } from '../../support/open-test-cafe.ts';

describe('/ready', () => {
  it('P7: says so once the store has answered, and is no business of health', async () => {
    const { send } = await openTestCafe();
    const { status, body, headers } = await send('/ready');
    expect([status, body]).toEqual([200, { status: 'ready' }]);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    ['S1', { kind: 'status', status: 403, code: 'AccessDenied' }],
    ['S2', { kind: 'hang' }],
    ['S15', { kind: 'cut' }],
  ] as const)('%s: says 503 and no more while the store is away: %j', async (_, fault) => {
    const { s3, send } = await openTestCafe({ env: { S3_READ_TIMEOUT_MS: '300' } });
    s3.fault({}, fault, 1000);
    const { status, body } = await send('/ready');
    expect([status, body]).toEqual([503, { status: 'unavailable' }]);
    expect((await send('/health')).status).toBe(200);
  });

  it('P1: says 503 to a connection that was kept while the service stops', async () => {
    const { url, drain, ask, openai } = await openTestCafe({ openai: { latencyMs: 600 } });
    const painted = ask('/posts/a');
    await expect.poll(() => openai.journal.length).toBe(1);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('GET /ready HTTP/1.1\r\nHost: x\r\n');
    await wait(50);
    const drained = drain();
    socket.write('\r\n');
    const answer = (await socket.setEncoding('utf8').toArray()).join('');
    expect(answer).toMatch(/^HTTP\/1\.1 503 [\s\S]*\{"status":"draining"\}$/);
    await drained;
    expect((await painted).status).toBe(200);
  });
});

describe('the look at the store', () => {
  it('is taken once in a few seconds, however many ask', async () => {
    const clock = new ManualClock(0);
    const store = new CountedStore(
      new MemoryImageStore({ publicBaseUrl: 'https://pictures.example' }),
    );
    const readiness = new Readiness({ store, key: 'records/control.json', clock });
    const isReady = async () => (await readiness.report()).isReady;
    await Promise.all(Array.from({ length: 50 }, () => isReady()));
    await clock.advance(4_999);
    expect([await isReady(), store.calls.head]).toEqual([true, 1]);
    await clock.advance(1);
    expect([await isReady(), store.calls.head]).toEqual([true, 2]);
  });

  it('tells of the database, and is ready without it', async () => {
    const clock = new ManualClock(0);
    const store = new MemoryImageStore({ publicBaseUrl: 'https://pictures.example' });
    let answers = true;
    const checkDatabase = async () => {
      if (!answers) throw new Error('away');
    };
    const readiness = new Readiness({ store, key: 'records/control.json', checkDatabase, clock });
    expect(await readiness.report()).toEqual({ isReady: true, database: 'ok' });
    answers = false;
    await clock.advance(5_000);
    expect(await readiness.report()).toEqual({ isReady: true, database: 'unavailable' });
  });
});
