import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import { FilesystemImageStore } from '../../src/adapters/image-store/filesystem.ts';
import { MemoryImageStore } from '../../src/adapters/image-store/memory.ts';
import { MemoryJournal } from '../../src/adapters/journal/memory.ts';
import { ObjectStorePageClaims } from '../../src/adapters/page-claims/object-store.ts';
import { CafeError } from '../../src/domain/kernel/errors.ts';
import type { Claim } from '../../src/domain/pages/page-claims.ts';
import { claimsOver, claimsOverSql } from '../support/claims-over.ts';
import { CountedStore } from '../support/counted-store.ts';
import { follow } from '../support/replicas.ts';
import {
  keys,
  LEASE_MS,
  NOON,
  newKey,
  pageClaimsContract,
  requestFor,
} from './page-claims.contract.ts';

const publicBaseUrl = 'https://pictures.example';
const JSON_LABEL = { contentType: 'application/json' };

pageClaimsContract('notes in memory', async () =>
  claimsOver(new MemoryImageStore({ publicBaseUrl })),
);

pageClaimsContract('notes in files', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'cafe-claims-'));
  onTestFinished(() => rm(root, { recursive: true }));
  return claimsOver(new FilesystemImageStore({ root, publicBaseUrl }));
});

pageClaimsContract('rows in the embedded database', claimsOverSql());

describe('the notes', () => {
  const request = requestFor('/posts/a');
  const noteKey = 'records/pages/article/posts/a-france.json';
  const forever = new AbortController().signal;
  const away = new CafeError('storage_unavailable', 'The store is away.');

  function start() {
    const store = new CountedStore(new MemoryImageStore({ publicBaseUrl }));
    const clock = new ManualClock(NOON);
    const journal = new MemoryJournal();
    const settings = { store, keys, recordsPrefix: 'records', clock, journal, leaseMs: LEASE_MS };
    const claims = new ObjectStorePageClaims(settings);
    /** As another process has them, with time of its own. */
    const elsewhere = () => {
      const itsClock = new ManualClock(NOON);
      return {
        clock: itsClock,
        claims: new ObjectStorePageClaims({ ...settings, clock: itsClock }),
      };
    };
    const claim = async (datedKey = newKey()) =>
      (await claims.claim(request, datedKey, forever)) as Claim;
    const written = async () =>
      JSON.parse(Buffer.from((await store.get(noteKey))?.bytes ?? []).toString());
    return { store, clock, journal, claims, claim, written, elsewhere };
  }

  it('say which page, and who makes its picture', async () => {
    const { clock, claim, written } = start();
    const datedKey = newKey();
    const held = await claim(datedKey);
    const common = { page: { type: 'article', path: '/posts/a' }, country: 'FR' };
    const { claim: atFirst, ...rest } = await written();
    expect(rest).toEqual({ ...common, making: [datedKey] });
    const holder = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(atFirst).toEqual({ holder, renewals: 0 });
    await clock.advance(5000);
    const renewed = { holder: atFirst.holder, renewals: 1 };
    expect((await written()).claim).toEqual(renewed);
    await held.release({ shown: 'the-first', failure: 'upstream_failed' });
    const ended = { holder: atFirst.holder, failure: 'upstream_failed' };
    expect(await written()).toEqual({ ...common, shown: 'the-first', making: [], ended });
  });

  it('are written once for a page that is new, and read first for another', async () => {
    const { store, claim } = start();
    const first = await claim();
    expect(store.calls).toMatchObject({ get: 0, put: 1 });
    await first.release({ shown: 'the-first' });
    expect(store.calls).toMatchObject({ get: 0, put: 2 });
    await claim();
    expect(store.calls).toMatchObject({ get: 1, put: 4 });
  });

  it('of a page that was claimed in vain are not kept', async () => {
    const { store, claim } = start();
    for (const _ of [1, 2]) {
      const held = await claim();
      expect(held.isFirst).toBe(true);
      await held.release({});
      expect(await store.head(noteKey)).toBeUndefined();
    }
    await (await claim()).release({ shown: 'the-first' });
    await (await claim()).release({});
    expect((await claim()).history).toEqual({ shown: 'the-first' });
  });

  it('of a page that was claimed in vain are kept where the store cannot compare and delete', async () => {
    const { store, claim, written } = start();
    vi.spyOn(store, 'deleteIfMatch').mockResolvedValue('unsupported');
    const held = await claim();
    await held.release({});
    expect(await written()).toMatchObject({ making: [], ended: {} });
  });

  it('of another that has taken over stay where a holder that stood still lets go in vain', async () => {
    const { claim, elsewhere, written } = start();
    const held = await claim();
    const { clock, claims } = elsewhere();
    const signal = new AbortController().signal;
    const taking = claims.claim(request, newKey(), signal);
    await expect.poll(() => clock.sleepers).toBe(1);
    await clock.advance(3 * LEASE_MS);
    const taken = await taking;
    const before = await written();
    await held.release({});
    expect([taken?.isFirst, await written()]).toEqual([false, before]);
  });

  it('are not written again for a name that they have', async () => {
    const { store, claim } = start();
    const datedKey = newKey();
    const held = await claim(datedKey);
    await held.name(datedKey);
    expect(store.calls.put).toBe(1);
  });

  it('are left alone after the claim is let go', async () => {
    const { store, clock, claim } = start();
    await (await claim()).release({ shown: 'the-first' });
    await clock.advance(4 * LEASE_MS);
    expect(store.calls).toMatchObject({ get: 0, put: 2 });
    expect(clock.sleepers).toBe(0);
  });

  it.each([
    '',
    'no JSON',
    'null',
    '{}',
    '{"making":"a"}',
    '{"making":["../a"]}',
    '{"making":[],"shown":"?"}',
    '{"making":[],"claim":{"holder":"h"}}',
    '{"making":[],"claim":{"renewals":1}}',
    '{"making":[],"ended":{"holder":"h","failure":"sadness"}}',
  ])('that a hand has spoilt (%j) are reported and written anew', async (text) => {
    const { store, journal, claims, claim, written } = start();
    await store.put(noteKey, Buffer.from(text), JSON_LABEL);
    expect(await claims.recall(request)).toEqual({});
    expect(journal.events).toMatchObject([{ event: 'notice', details: { key: noteKey } }]);
    expect((await claim()).history).toEqual({});
    expect((await written()).claim.renewals).toBe(0);
  });

  it('that are deleted under a holder end its claim, and are not put back', async () => {
    const { store, clock, journal, claim } = start();
    const held = await claim();
    await store.delete(noteKey);
    await clock.advance(LEASE_MS);
    await held.release({ shown: 'the-first' });
    expect(await store.head(noteKey)).toBeUndefined();
    expect(journal.events).toMatchObject([{ event: 'claim_failed', key: request.key }]);
  });

  it('are renewed again once the store is back', async () => {
    const { store, clock, journal, claim, written } = start();
    const held = await claim();
    const put = vi.spyOn(store, 'put').mockRejectedValue(away);
    await clock.advance(10_000);
    expect(journal.events).toEqual(
      Array(2).fill({ event: 'claim_failed', key: request.key, cause: away }),
    );
    put.mockRestore();
    await clock.advance(5000);
    expect((await written()).claim.renewals).toBe(3);
    await held.release({ shown: 'the-first' });
    expect(await written()).toMatchObject({ shown: 'the-first' });
  });

  it('that cannot be written are an error for who claims or names, and none for who lets go', async () => {
    const { store, journal, claims, claim } = start();
    const held = await claim();
    vi.spyOn(store, 'put').mockRejectedValue(away);
    vi.spyOn(store, 'get').mockRejectedValue(away);
    await expect(claim()).rejects.toBe(away);
    await expect(claims.recall(request)).rejects.toBe(away);
    await expect(held.name(newKey())).rejects.toBe(away);
    await held.release({ shown: 'the-first' });
    expect(journal.events).toEqual([{ event: 'claim_failed', key: request.key, cause: away }]);
  });

  it('count as written where only the answer was lost', async () => {
    const { store, claim, written } = start();
    const put = store.put.bind(store);
    vi.spyOn(store, 'put').mockImplementationOnce(async (...args) => {
      await put(...args);
      return undefined;
    });
    const held = await claim();
    expect(held.history).toEqual({});
    await held.release({ shown: 'the-first' });
    expect(await written()).toMatchObject({ shown: 'the-first' });
  });

  it('are not old because the store took long to show them', async () => {
    const { store, claim, elsewhere } = start();
    await claim();
    const { clock, claims } = elsewhere();
    const get = store.get.bind(store);
    vi.spyOn(store, 'get').mockImplementationOnce(async (key) => {
      await clock.sleep(LEASE_MS);
      return get(key);
    });
    const waiting = follow(claims.claim(request, newKey(), forever));
    await store.settled();
    await clock.advance(2 * LEASE_MS - 1000);
    expect(waiting.is).toBe('waiting');
    await clock.advance(3000);
    expect(waiting.is).toBe('granted');
  });

  it('are written one after the other, though a write takes long', async () => {
    const { store, clock, claim, written } = start();
    const held = await claim();
    const put = store.put.bind(store);
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    vi.spyOn(store, 'put').mockImplementationOnce(async (...args) => {
      await answered;
      return put(...args);
    });
    await clock.advance(5000);
    const last = newKey();
    const done = Promise.all([
      held.name(newKey()),
      held.name(last),
      held.release({ unplaced: [last] }),
    ]);
    await clock.advance(1000);
    expect((await written()).claim.renewals).toBe(0);
    answer();
    await done;
    expect(await written()).toMatchObject({ making: [last], ended: expect.anything() });
  });

  it('remember the oldest of many pictures where whoever looks for them is always gone', async () => {
    const { store, claims, elsewhere, claim } = start();
    const first = newKey();
    await claim(first);
    for (let times = 0; times < 40; times += 1) {
      const { clock, claims: its } = elsewhere();
      const call = follow(its.claim(request, newKey(), forever));
      // Nothing renews what the one before has claimed: its clock stands still.
      for (let ms = 0; call.is === 'waiting' && ms < 2 * LEASE_MS; ms += 250) {
        await store.settled();
        await clock.advance(250);
      }
      expect(call.is).toBe('granted');
    }
    const { making } = await claims.recall(request);
    expect(making).toHaveLength(32);
    expect(making?.[0]).toBe(first);
  });

  it('are not lost to their holder because the answer to a renewal was', async () => {
    const { store, clock, claim, written } = start();
    const held = await claim();
    const put = store.put.bind(store);
    vi.spyOn(store, 'put').mockImplementationOnce(async (...args) => {
      await put(...args);
      throw away;
    });
    await clock.advance(5000);
    expect((await written()).claim.renewals).toBe(1);
    await clock.advance(5000);
    expect((await written()).claim.renewals).toBe(2);
    await held.release({ shown: 'the-first' });
    expect(await written()).toMatchObject({ shown: 'the-first', ended: expect.anything() });
  });

  it('are renewed in time though the store hangs now and then', async () => {
    const { store, clock, claim, written } = start();
    const held = await claim();
    vi.spyOn(store, 'put').mockImplementationOnce(() => new Promise(() => {}));
    await clock.advance(2 * 5000);
    await clock.advance(5000);
    expect((await written()).claim.renewals).toBeGreaterThan(0);
    await held.release({});
  });
});
