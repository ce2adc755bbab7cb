import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ManualClock } from '../../src/adapters/clock/manual.ts';
import type { BudgetLedger } from '../../src/domain/budget/budget-ledger.ts';
import type {
  GenerationHistory,
  HistoryEntry,
} from '../../src/domain/budget/generation-history.ts';
import type { GenerationOutcome } from '../../src/domain/budget/generation-record.ts';
import { countryByCode } from '../../src/domain/countries/country.ts';
import { DAY_MS, type Day, dayAt } from '../../src/domain/kernel/day.ts';
import { datedName, type ImageKeys, type PoolImage } from '../../src/domain/storage/image-keys.ts';
import type { ObjectStore } from '../../src/domain/storage/object-store.ts';
import { draft } from './budget-ledger.contract.ts';

export interface HistoryUnderTest {
  history: GenerationHistory;
  /** A ledger of 100 pictures a day whose records the history tells of. */
  ledger: BudgetLedger & { finished(): Promise<void>; close(): Promise<void> };
  store: ObjectStore;
  keys: ImageKeys;
  /** At 2026-11-21 12:00 UTC. */
  clock: ManualClock;
  /** Lets the ledger do what it does with days that are over. */
  foldDays(): Promise<void>;
}

const TODAY: Day = '2026/11/21';
const PNG = { contentType: 'image/png' };
const france = countryByCode('FR');
const spent = { state: 'spent', model: 'm', costMicroUsd: 5_000, durationMs: 9 } as const;

/** A generation as the service leaves it behind: its record, and a picture where there is one. */
export async function generate(
  { ledger, store, keys, clock }: HistoryUnderTest,
  outcome: GenerationOutcome | 'reserved' = spent,
  { hasPicture = outcome !== 'reserved' && outcome.state === 'spent' } = {},
): Promise<PoolImage> {
  await clock.advance(1000);
  const day = dayAt(clock.now());
  const picture = { day, id: randomUUID(), country: france };
  const reservation = await ledger.reserve(draft({ day, id: picture.id }));
  if (hasPicture) await store.put(keys.dated(picture), Buffer.from('x'), PNG);
  if (outcome !== 'reserved') await reservation?.settle(outcome);
  // The clock's waits take no time, so the minute between a fold and the deletion of its records is missing.
  // Without it, a listing beside them misses the day.
  await ledger.finished();
  return picture;
}

/** What every generation history must do; see the port. */
export function generationHistoryContract(
  name: string,
  open: () => Promise<HistoryUnderTest>,
): void {
  const idsOf = (entries: HistoryEntry[]) => entries.map(({ picture }) => picture.id);

  describe(`${name} as a generation history`, () => {
    it('is empty where nothing was bought', async () => {
      const { history } = await open();
      expect(await history.spending('2026/09/01', TODAY)).toEqual([]);
      expect(await Array.fromAsync(history.entries(TODAY))).toEqual([]);
      expect(await Array.fromAsync(history.entriesUpTo(TODAY))).toEqual([]);
      expect(await history.usage(TODAY, 7)).toEqual({
        day: TODAY,
        pictures: 0,
        reserved: 0,
        costMicroUsd: 0,
      });
    });

    it('tells what a day has used, reserved included and refused not', async () => {
      const it = await open();
      await generate(it);
      await generate(it, 'reserved');
      await generate(it, { state: 'unknown', reason: 'reset', durationMs: 1 });
      await generate(it, { state: 'refused', reason: 'moderation_blocked', durationMs: 1 });
      const day = { day: TODAY, pictures: 3, reserved: 1, costMicroUsd: 5_000 + 2 * 34_000 };
      expect(await it.history.spending(TODAY, TODAY)).toEqual([day]);
      expect(await it.history.usage(TODAY, 9)).toEqual(day);
    });

    it('counts a picture without a record for what it may have cost', async () => {
      const it = await open();
      await generate(it);
      await it.store.put(`${it.keys.dayPrefix(TODAY)}another-tool.png`, Buffer.from('x'), PNG);
      expect(await it.history.usage(TODAY, 40_000)).toMatchObject({
        pictures: 2,
        costMicroUsd: 45_000,
      });
    });

    it('tells of days in their order, of a span alone, folded or not', async () => {
      const it = await open();
      for (let n = 0; n < 4; n += 1) {
        await generate(it);
        await it.clock.advance(DAY_MS);
      }
      const days = ['2026/11/21', '2026/11/22', '2026/11/23', '2026/11/24'] as Day[];
      const expected = days.map((day) => ({ day, pictures: 1, reserved: 0, costMicroUsd: 5_000 }));
      expect(await it.history.spending('2026/01/01', '2026/12/31')).toEqual(expected);
      await it.foldDays();
      expect(await it.history.spending('2026/01/01', '2026/12/31')).toEqual(expected);
      expect(await it.history.spending('2026/11/22', '2026/11/23')).toEqual(expected.slice(1, 3));
    });

    it('lists the newest first, over days and within a day, folded or not', async () => {
      const it = await open();
      const made: string[] = [];
      for (let n = 0; n < 9; n += 1) {
        made.unshift((await generate(it)).id);
        if (n % 3 === 2) await it.clock.advance(20 * DAY_MS);
      }
      const today = dayAt(it.clock.now());
      expect(idsOf(await Array.fromAsync(it.history.entries(today)))).toEqual(made);
      await it.foldDays();
      expect(idsOf(await Array.fromAsync(it.history.entries(today)))).toEqual(made);
    });

    it('lists the oldest first as well, up to a day, folded or not', async () => {
      const it = await open();
      const made: string[] = [];
      for (let n = 0; n < 9; n += 1) {
        made.push((await generate(it)).id);
        if (n % 3 === 2) await it.clock.advance(20 * DAY_MS);
      }
      const day = (ahead: number) => dayAt(Date.UTC(2026, 10, 21) + ahead * DAY_MS);
      for (const isFolded of [false, true]) {
        if (isFolded) await it.foldDays();
        const listed = async (last: Day) =>
          idsOf(await Array.fromAsync(it.history.entriesUpTo(last)));
        expect(await listed(dayAt(it.clock.now()))).toEqual(made);
        expect(await listed(day(20))).toEqual(made.slice(0, 6));
        expect(await listed(day(19))).toEqual(made.slice(0, 3));
        expect(await listed(day(-1))).toEqual([]);
      }
    });

    it('goes on behind any place, and leaves nothing out', async () => {
      const it = await open();
      for (let n = 0; n < 6; n += 1) {
        await generate(it);
        if (n === 2) await it.clock.advance(DAY_MS);
      }
      const today = dayAt(it.clock.now());
      const all = await Array.fromAsync(it.history.entries(today));
      expect(all).toHaveLength(6);
      for (const [n, { picture, record }] of all.entries()) {
        const reservedAt = record?.reservedAt ?? '';
        const place = { day: picture.day, reservedAt, name: datedName(picture.id, france) };
        const rest = await Array.fromAsync(it.history.entries(place));
        expect(idsOf(rest)).toEqual(idsOf(all.slice(n + 1)));
        const newer = await Array.fromAsync(it.history.entriesUpTo(today, place));
        expect(idsOf(newer)).toEqual(idsOf(all.slice(0, n).reverse()));
      }
    });

    it('tells of a generation what its record says, and whether there is a picture', async () => {
      const it = await open();
      const made = await generate(it);
      const failed = await generate(it, { state: 'unknown', reason: 'reset', durationMs: 3 });
      const running = await generate(it, 'reserved');
      const [newest, middle, oldest] = await Array.fromAsync(it.history.entries(TODAY));
      expect(oldest).toMatchObject({
        picture: made,
        presence: 'visible',
        state: 'spent',
        costMicroUsd: 5_000,
        record: { id: made.id, page: { type: 'article', path: '/posts/a' }, durationMs: 9 },
      });
      const unknown = { picture: failed, presence: 'absent', state: 'unknown' };
      expect(middle).toMatchObject({ ...unknown, record: { reason: 'reset' } });
      expect(newest).toMatchObject({ picture: running, presence: 'absent', state: 'reserved' });
      expect(await it.history.find(made)).toEqual(oldest);
      expect(await it.history.find({ ...made, id: randomUUID() })).toBeUndefined();
    });

    it('tells of pictures that came another way, and of none that are no pictures', async () => {
      const it = await open();
      const id = randomUUID();
      await it.store.put(
        it.keys.dated({ day: '2026/03/04', id, country: undefined }),
        Buffer.from('x'),
        PNG,
      );
      await it.store.put('generated/v2/2026/03/04/other.png', Buffer.from('x'), PNG);
      await it.store.put(`records/hidden/2026/03/05/${id}-france.png`, Buffer.from('x'), PNG);
      await it.store.put('records/hidden/2026/03/05/note.json', Buffer.from('x'), PNG);
      const rendition = `generated/v2/2026/03/04/${id}.480.webp`;
      await it.store.put(rendition, Buffer.from('x'), { contentType: 'image/webp' });
      await it.store.put(`records/pending/2026/03/06/${id}-france.png`, Buffer.from('x'), PNG);
      await it.store.put(`records/pending/2026/03/06/${id}-france.480.webp`, Buffer.from('x'), PNG);
      const none = { state: 'unrecorded', costMicroUsd: undefined, record: undefined };
      const hidden = { day: '2026/03/05', id, country: france };
      const pending = { ...hidden, day: '2026/03/06' };
      const visible = { day: '2026/03/04', id, country: undefined };
      expect(await Array.fromAsync(it.history.entries(TODAY))).toEqual([
        { picture: pending, presence: 'pending', renditions: [], ...none },
        { picture: hidden, presence: 'hidden', renditions: [], ...none },
        { picture: visible, presence: 'visible', renditions: [rendition], ...none },
      ]);
    });

    it('tells of a picture in two places where it is going to, and a pending one as long as it is', async () => {
      const it = await open();
      const picture = { day: TODAY, id: randomUUID(), country: france } as const;
      const file = `${TODAY}/${picture.id}-france.png`;
      const tell = async () => (await it.history.find(picture))?.presence;
      const put = (place: string) => it.store.put(`${place}/${file}`, Buffer.from('x'), PNG);
      await put('generated/v2');
      expect(await tell()).toBe('visible');
      await put('records/pending');
      expect(await tell()).toBe('pending');
      await put('records/hidden');
      expect(await tell()).toBe('hidden');
    });

    it('lets a picture go on counting once it is gone, one that came another way too', async () => {
      const it = await open();
      const made = await generate(it);
      const other = { day: TODAY, id: randomUUID(), country: undefined };
      const key = it.keys.dated(other);
      await it.store.put(key, Buffer.from('x'), PNG);
      const before = await it.history.usage(TODAY, 40_000);
      for (const picture of [made, other, other]) await it.history.writeDown(picture, 40_000);
      expect(await it.history.usage(TODAY, 40_000)).toEqual(before);
      await it.store.delete(key);
      expect(await it.history.usage(TODAY, 40_000)).toEqual(before);
      expect(await it.history.find(other)).toMatchObject({ state: 'spent', presence: 'absent' });
      expect(await it.history.find(made)).toMatchObject({ record: { model: 'm' } });
    });
  });
}
