import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ManualClock } from '../../src/adapters/clock/manual.ts';
import { countryByCode } from '../../src/domain/countries/country.ts';
import type { PageRequest } from '../../src/domain/pages/page.ts';
import type { Claim, PageClaims } from '../../src/domain/pages/page-claims.ts';
import { ImageKeys } from '../../src/domain/storage/image-keys.ts';
import { type Followed, follow, type Replica, Replicas } from '../support/replicas.ts';

export interface ClaimsUnderTest {
  /** Resolves once every call of the claims' store or database has been answered. */
  settled(): Promise<void>;
  /** How many writes have been asked for. */
  writes(): number;
  /** Claims as a process with this clock has them, on the same store, with leases of LEASE_MS. */
  open(clock: ManualClock): PageClaims;
}

export const NOON = Date.UTC(2026, 10, 21, 12);
export const LEASE_MS = 15_000;
export const keys = new ImageKeys('generated/v2');
const MINUTE = 60_000;
const forever = new AbortController().signal;

export function requestFor(path: string, code = 'FR'): PageRequest {
  const page = { type: 'article', path } as const;
  const country = countryByCode(code);
  return { page, country, countryIsReliable: true, key: keys.page(page, country) };
}

export function newKey(): string {
  return keys.dated({ day: '2026/11/21', id: randomUUID(), country: countryByCode('FR') });
}

/** What all page claims must do; see the port. */
export function pageClaimsContract(name: string, open: () => Promise<ClaimsUnderTest>): void {
  async function replicas() {
    return new Replicas(NOON, await open());
  }
  const request = requestFor('/posts/a');
  const ask = ({ claims }: Replica, datedKey = newKey(), about = request) =>
    follow(claims.claim(about, datedKey, forever));
  /** Claims a page that nobody holds. */
  async function claim({ claims }: Replica, datedKey = newKey(), about = request): Promise<Claim> {
    const granted = await claims.claim(about, datedKey, forever);
    expect(granted).toBeDefined();
    return granted as Claim;
  }
  const states = (calls: Followed[]) => calls.map(({ is }) => is);

  describe(`${name} as page claims`, () => {
    it('grants a page that was never claimed, without a history', async () => {
      const replica = (await replicas()).start();
      expect(await replica.claims.recall(request)).toEqual({});
      expect(await claim(replica)).toMatchObject({ history: {}, isFirst: true });
    });

    it('grants one claim, however many ask, and the others learn when it is let go', async () => {
      const all = await replicas();
      const calls = Array.from({ length: 4 }, () => all.start()).flatMap((replica) => [
        ask(replica),
        ask(replica),
      ]);
      await all.pass(3 * LEASE_MS);
      expect(states(calls).sort()).toEqual(['granted', ...Array(7).fill('waiting')]);
      await calls.find(({ is }) => is === 'granted')?.claim?.release({});
      await all.pass(2000);
      expect(states(calls).sort()).toEqual(['granted', ...Array(7).fill('over')]);
    });

    it('holds no page for another, nor for another country', async () => {
      const all = await replicas();
      await claim(all.start());
      for (const other of [requestFor('/posts/b'), requestFor('/posts/a', 'JP')]) {
        await claim(all.start(), newKey(), other);
      }
      const anywhere = { ...request, country: undefined, key: keys.page(request.page, undefined) };
      await claim(all.start(), newKey(), anywhere);
    });

    it('grants a page again once it is let go', async () => {
      const all = await replicas();
      const [one, two] = [all.start(), all.start()];
      for (const [n, replica] of [one, two, one, one].entries()) {
        const granted = await claim(replica);
        expect(granted.isFirst).toBe(n === 0);
        await granted.release({ shown: 'the-first' });
      }
      expect(await two.claims.recall(request)).toEqual({ shown: 'the-first' });
    });

    it('notes what a page has shown without a claim, and forgets nothing else', async () => {
      const all = await replicas();
      const [one, two] = [all.start(), all.start()];
      const [shown, unplaced] = [randomUUID(), newKey()];
      expect(await one.claims.noteShown(request, shown)).toBe(true);
      expect(await two.claims.recall(request)).toEqual({ shown });
      await (await claim(two)).release({ unplaced: [unplaced] });
      const later = randomUUID();
      expect(await one.claims.noteShown(request, later)).toBe(true);
      expect(await one.claims.noteShown(request, later)).toBe(true);
      expect(await two.claims.recall(request)).toEqual({ shown: later, making: [unplaced] });
    });

    it('notes nothing for a page that is held, also by a process that is gone', async () => {
      const all = await replicas();
      const [one, two] = [all.start(), all.start()];
      const held = await claim(one);
      expect(await two.claims.noteShown(request, randomUUID())).toBe(false);
      await held.release({});
      expect(await two.claims.recall(request)).toEqual({});
      await claim(one);
      one.pause();
      await all.pass(3 * LEASE_MS);
      expect(await two.claims.noteShown(request, randomUUID())).toBe(false);
    });

    it('lets a claim and a note of the same moment both come true, or the note fail', async () => {
      const all = await replicas();
      const shown = randomUUID();
      const notes = Array.from({ length: 4 }, () => all.start().claims.noteShown(request, shown));
      const call = ask(all.start());
      await all.pass(2000);
      const noted = await Promise.all(notes);
      expect(call.is).toBe('granted');
      const history = await all.start().claims.recall(request);
      if (noted.includes(true)) expect(history).toMatchObject({ shown });
      await call.claim?.release({});
      expect((await all.start().claims.recall(request)).shown === shown).toBe(noted.includes(true));
    });

    it('tells a failure to those who wait, and to nobody else', async () => {
      const all = await replicas();
      const [one, two, three] = [all.start(), all.start(), all.start()];
      const held = await claim(one);
      const waiting = [ask(two), ask(two), ask(three)];
      await all.pass(3000);
      await held.release({ failure: 'upstream_failed' });
      await all.pass(2000);
      for (const { error } of waiting) expect(error).toMatchObject({ code: 'upstream_failed' });
      await claim(two);
    });

    it('tells how it ended also where the next one claims the page at once', async () => {
      const all = await replicas();
      const held = await claim(all.start());
      const waiting = ask(all.start());
      await all.pass(3000);
      await held.release({ failure: 'generation_timeout' });
      await claim(all.start());
      await all.pass(2000);
      expect(waiting.error).toMatchObject({ code: 'generation_timeout' });
    });

    it('tells nobody how one ended for whom it has not waited', async () => {
      const all = await replicas();
      const [one, two] = [all.start(), all.start()];
      const held = await claim(one);
      const waiting = ask(two);
      await all.pass(3000);
      two.pause();
      await held.release({ shown: 'the-first' });
      await (await claim(one)).release({ failure: 'upstream_failed' });
      await two.wake();
      await all.pass(2000);
      expect(waiting.is).toBe('over');
    });

    it('never takes a page from one that lives, however long it takes', async () => {
      const all = await replicas();
      const held = await claim(all.start());
      const waiting = ask(all.start());
      await all.pass(6 * LEASE_MS);
      expect(waiting.is).toBe('waiting');
      await held.release({});
      await all.pass(2000);
      expect(waiting.is).toBe('over');
    });

    it('hands the page over with its history where its holder is gone', async () => {
      const all = await replicas();
      const [one, two] = [all.start(), all.start()];
      await (await claim(one)).release({ shown: 'the-first' });
      const lost = newKey();
      await claim(one, lost);
      await all.pass(2 * LEASE_MS);
      one.pause();
      const waiting = [ask(two), ask(two), ask(all.start())];
      await all.pass(LEASE_MS - 1000);
      expect(states(waiting)).toEqual(Array(3).fill('waiting'));
      await all.pass(3000);
      expect(states(waiting).sort()).toEqual(['granted', 'waiting', 'waiting']);
      const taken = waiting.find(({ is }) => is === 'granted')?.claim;
      expect(taken?.history).toEqual({ shown: 'the-first', making: [lost] });
    });

    it('K12: lets one that was paused for too long change nothing any more', async () => {
      const all = await replicas();
      const [one, two, three] = [all.start(), all.start(), all.start()];
      const late = await claim(one);
      one.pause();
      const current = newKey();
      const taken = ask(two, current);
      await all.pass(LEASE_MS + 3000);
      expect(taken.is).toBe('granted');
      const waiting = ask(three);
      const before = await three.claims.recall(request);
      await one.wake();
      await all.pass(LEASE_MS);
      await late.name(newKey());
      await late.release({ shown: 'too-late', failure: 'upstream_failed' });
      await all.pass(2 * LEASE_MS);
      expect(await three.claims.recall(request)).toEqual(before);
      expect(waiting.is).toBe('waiting');
      await taken.claim?.release({ shown: 'in-time' });
      await all.pass(2000);
      expect(waiting.is).toBe('over');
      expect(await one.claims.recall(request)).toEqual({ shown: 'in-time' });
    });

    it('knows without a call that a page is held which was just claimed', async () => {
      const opened = await open();
      const held = await claim(new Replicas(NOON, opened).start());
      const before = opened.writes();
      expect(await held.isHeld()).toBe(true);
      expect(opened.writes()).toBe(before);
    });

    it('K14: holds a page after a pause in which no other has come, and renews the claim', async () => {
      const all = await replicas();
      const [one, two] = [all.start(), all.start()];
      const held = await claim(one);
      one.pause();
      await all.pass(LEASE_MS - 1000);
      // As when the paused process wakes and asks before any timer of its own has run.
      one.clock.jump(LEASE_MS - 1000);
      expect(await held.isHeld()).toBe(true);
      const waiting = ask(two);
      await all.pass(LEASE_MS - 1000);
      expect(waiting.is).toBe('waiting');
    });

    it('K14: does not hold a page that another has taken over', async () => {
      const all = await replicas();
      const [one, two] = [all.start(), all.start()];
      const held = await claim(one);
      one.pause();
      const taken = ask(two);
      await all.pass(LEASE_MS + 3000);
      expect(taken.is).toBe('granted');
      one.clock.jump(LEASE_MS + 3000);
      expect(await held.isHeld()).toBe(false);
      expect(await taken.claim?.isHeld()).toBe(true);
    });

    it('holds no page any more that it has let go', async () => {
      const held = await claim((await replicas()).start());
      await held.release({});
      expect(await held.isHeld()).toBe(false);
    });

    it('lets one that was paused go on where nobody has come', async () => {
      const all = await replicas();
      const one = all.start();
      const held = await claim(one);
      one.pause();
      await all.pass(4 * LEASE_MS);
      await one.wake();
      const waiting = ask(all.start());
      await all.pass(3 * LEASE_MS);
      expect(waiting.is).toBe('waiting');
      await held.release({ shown: 'slowly' });
      await all.pass(2000);
      expect(await one.claims.recall(request)).toEqual({ shown: 'slowly' });
    });

    it.each([-4, 4])('is as exclusive with clocks %d minutes apart', async (minutes) => {
      const all = await replicas();
      const held = await claim(all.start());
      const waiting = ask(all.start({ skewMs: minutes * MINUTE }));
      await all.pass(4 * LEASE_MS);
      expect(waiting.is).toBe('waiting');
      await held.release({});
      await all.pass(2000);
      expect(waiting.is).toBe('over');
    });

    it.each([-60, -4, 4, 60])('hands over with clocks %d minutes apart', async (minutes) => {
      const all = await replicas();
      const one = all.start();
      await claim(one);
      one.pause();
      const waiting = ask(all.start({ skewMs: minutes * MINUTE }));
      await all.pass(LEASE_MS + 3000);
      expect(waiting.is).toBe('granted');
    });

    it.each([-60, 60])(
      'takes no page from one that lives, with clocks %d minutes apart',
      async (minutes) => {
        const all = await replicas();
        await claim(all.start());
        const waiting = ask(all.start({ skewMs: minutes * MINUTE }));
        await all.pass(4 * LEASE_MS);
        expect(waiting.is).toBe('waiting');
      },
    );

    it('remembers what a page showed, whatever comes of later claims', async () => {
      const replica = (await replicas()).start();
      await (await claim(replica)).release({ shown: 'the-first' });
      await (await claim(replica)).release({ failure: 'upstream_failed' });
      await (await claim(replica)).release({});
      expect(await replica.claims.recall(request)).toEqual({ shown: 'the-first' });
      const last = await claim(replica);
      expect(last.history).toEqual({ shown: 'the-first' });
      await last.release({ shown: 'the-second' });
      expect(await replica.claims.recall(request)).toEqual({ shown: 'the-second' });
    });

    it('remembers a picture that is not placed until it is', async () => {
      const replica = (await replicas()).start();
      const [first, second] = [newKey(), newKey()];
      await (await claim(replica, first)).release({
        unplaced: [first],
        failure: 'upstream_failed',
      });
      expect(await replica.claims.recall(request)).toEqual({ making: [first] });
      const next = await claim(replica, second);
      expect(next.history).toEqual({ making: [first] });
      // Its holder has not found out whether the first one is there.
      await next.release({ unplaced: [first], failure: 'storage_unavailable' });
      expect(await replica.claims.recall(request)).toEqual({ making: [first] });
      await (await claim(replica)).release({ shown: 'the-first' });
      expect(await replica.claims.recall(request)).toEqual({ shown: 'the-first' });
    });

    it('remembers it also where whoever took over is gone before it has looked', async () => {
      const all = await replicas();
      const [first, second] = [newKey(), newKey()];
      for (const datedKey of [first, second]) {
        const replica = all.start();
        const call = ask(replica, datedKey);
        await all.pass(LEASE_MS + 3000);
        expect(call.is).toBe('granted');
        replica.pause();
      }
      const third = ask(all.start());
      await all.pass(LEASE_MS + 3000);
      expect(third.claim?.history).toEqual({ making: [first, second] });
    });

    it('tells a picture by the name it was given last', async () => {
      const all = await replicas();
      const [one, two] = [all.start(), all.start()];
      const [abandoned, first, second] = [newKey(), newKey(), newKey()];
      await (await claim(one, abandoned)).release({ unplaced: [abandoned] });
      const held = await claim(one, first);
      expect(await two.claims.recall(request)).toEqual({ making: [abandoned, first] });
      await held.name(first);
      expect(await two.claims.recall(request)).toEqual({ making: [first] });
      await held.name(second);
      expect(await two.claims.recall(request)).toEqual({ making: [second] });
      await all.pass(LEASE_MS);
      expect(await two.claims.recall(request)).toEqual({ making: [second] });
      await held.release({});
      expect(await two.claims.recall(request)).toEqual({});
    });

    it('lets the first release decide', async () => {
      const replica = (await replicas()).start();
      const held = await claim(replica);
      await Promise.all([held.release({ shown: 'one' }), held.release({ shown: 'two' })]);
      await held.name(newKey());
      expect(await replica.claims.recall(request)).toEqual({ shown: 'one' });
    });

    it('ends the waiting at once when it is told to', async () => {
      const all = await replicas();
      const [one, two] = [all.start(), all.start()];
      const held = await claim(one);
      const controller = new AbortController();
      const waiting = follow(two.claims.claim(request, newKey(), controller.signal));
      await all.pass(3000);
      const reason = new Error('enough');
      controller.abort(reason);
      await all.pass(0);
      expect(waiting).toEqual({ is: 'failed', error: reason });
      await held.release({});
      await all.pass(3000);
      expect(await one.claims.recall(request)).toEqual({});
    });

    it('claims nothing for one that has stopped waiting before', async () => {
      const replica = (await replicas()).start();
      const reason = new Error('enough');
      const signal = AbortSignal.abort(reason);
      await expect(replica.claims.claim(request, newKey(), signal)).rejects.toBe(reason);
      expect(await replica.claims.recall(request)).toEqual({});
    });
  });
}
