import type {
  DaySpending,
  GenerationHistory,
  HistoryEntry,
  HistoryPosition,
} from '../../domain/budget/generation-history.ts';
import { type Day, startOf } from '../../domain/kernel/day.ts';
import { spansBack, spansOn } from '../../domain/kernel/day-spans.ts';
import type { Notice } from '../../domain/kernel/notice.ts';
import {
  datedName,
  type ImageKeys,
  type PoolImage,
  pictureNamed,
} from '../../domain/storage/image-keys.ts';
import type { ObjectStore } from '../../domain/storage/object-store.ts';
import { putJson } from '../../domain/storage/stored-objects.ts';
import { picturesOf } from '../budget-ledger/days/day-counter.ts';
import {
  type ListedDay,
  listDays,
  oldestDay,
  presenceIn,
} from '../budget-ledger/days/listed-days.ts';
import {
  type DayRecords,
  listRecords,
  recordKey,
} from '../budget-ledger/records/listed-records.ts';
import { type KnownRecord, RecordReader } from '../budget-ledger/records/record-reader.ts';

/** Days per listing: few at first, because most callers only want the newest. */
const SPAN_DAYS = { first: 8, most: 64 };

/**
 * Reads the history from the ledger's records and the images beside them. It lists days in growing spans,
 * so that the newest page of a long history needs only four listings. For each day, it reads the fold
 * or the single records.
 */
export class ObjectStoreGenerationHistory implements GenerationHistory {
  readonly #store: ObjectStore;
  readonly #keys: ImageKeys;
  readonly #recordsPrefix: string;
  readonly #reader: RecordReader;

  constructor(options: {
    store: ObjectStore;
    keys: ImageKeys;
    recordsPrefix: string;
    /** Called for malformed records. */
    notice?: Notice;
  }) {
    const { store, recordsPrefix, notice = () => {} } = options;
    this.#store = store;
    this.#keys = options.keys;
    this.#recordsPrefix = recordsPrefix;
    this.#reader = new RecordReader({ store, recordsPrefix, notice });
  }

  async spending(from: Day, to: Day): Promise<DaySpending[]> {
    const days = await this.#recordsOf(from, to);
    return [...days]
      .map(([day, records]) => spendingOf(day, records))
      .filter(({ pictures }) => pictures > 0)
      .toSorted((a, b) => (a.day < b.day ? -1 : 1));
  }

  async usage(day: Day, priceMicroUsd: number): Promise<DaySpending> {
    // List the images first: an image stored later already has its record.
    const unrecorded = await picturesOf(this.#store, this.#keys, day);
    const records = (await this.#recordsOf(day, day)).get(day) ?? NO_RECORDS;
    for (const { name, state } of records.records.values()) {
      if (state !== 'refused') unrecorded.delete(name);
    }
    const spent = spendingOf(day, records);
    if (records.fold) return spent;
    return {
      ...spent,
      pictures: spent.pictures + unrecorded.size,
      costMicroUsd: spent.costMicroUsd + unrecorded.size * priceMicroUsd,
    };
  }

  async *entries(from: HistoryPosition | Day): AsyncGenerator<HistoryEntry> {
    const start = typeof from === 'string' ? undefined : from;
    for await (const [day, listed] of this.#daysBackFrom(start?.day ?? (from as Day))) {
      for (const entry of await this.#entriesOf(day, listed)) {
        if (!start || isBehind(entry, start)) yield entry;
      }
    }
  }

  async *entriesUpTo(last: Day, behind?: HistoryPosition): AsyncGenerator<HistoryEntry> {
    const first = behind?.day ?? (await oldestDay(this.#stock)) ?? last;
    for await (const [day, listed] of this.#daysOnFrom(first, last)) {
      for (const entry of (await this.#entriesOf(day, listed)).reverse()) {
        if (!behind || isNewer(entry, behind)) yield entry;
      }
    }
  }

  async find(picture: PoolImage): Promise<HistoryEntry | undefined> {
    const { day } = picture;
    const listed = (await listDays(this.#stock, day, day)).get(day);
    const entries = await this.#entriesOf(day, listed);
    const name = nameOf(picture);
    return entries.find((entry) => nameOf(entry.picture) === name);
  }

  async writeDown(picture: PoolImage, priceMicroUsd: number): Promise<void> {
    const entry = await this.find(picture);
    const counts = entry && entry.state !== 'unrecorded' && entry.state !== 'refused';
    if (counts) return;
    const { day, id, country } = picture;
    const key = {
      day,
      name: nameOf(picture),
      state: 'spent',
      costMicroUsd: priceMicroUsd,
    } as const;
    const record = {
      page: null,
      model: 'unknown',
      prompt: '',
      reservedAt: new Date(startOf(day)).toISOString(),
      ...entry?.record,
      id,
      country: country?.code ?? null,
      state: 'spent',
      costMicroUsd: priceMicroUsd,
    };
    await putJson(this.#store, recordKey(this.#recordsPrefix, key), record);
  }

  get #stock() {
    return { store: this.#store, keys: this.#keys, recordsPrefix: this.#recordsPrefix };
  }

  async *#daysBackFrom(newest: Day): AsyncGenerator<[Day, ListedDay]> {
    let oldest: Day | undefined;
    for (const { from, to } of spansBack(newest, SPAN_DAYS)) {
      const days = [...(await listDays(this.#stock, from, to))];
      yield* days.toSorted(([a], [b]) => (a < b ? 1 : -1));
      oldest ??= await oldestDay(this.#stock);
      if (!oldest || from <= oldest) return;
    }
  }

  async *#daysOnFrom(oldest: Day, last: Day): AsyncGenerator<[Day, ListedDay]> {
    for (const { from, to } of spansOn(oldest, SPAN_DAYS)) {
      if (from > last) return;
      const days = [...(await listDays(this.#stock, from, to < last ? to : last))];
      yield* days.toSorted(([a], [b]) => (a < b ? -1 : 1));
    }
  }

  async #recordsOf(from: Day, to: Day): Promise<Map<Day, DayRecords>> {
    return listRecords(this.#store, this.#recordsPrefix, `${this.#recordsPrefix}/2`, { from, to });
  }

  async #entriesOf(day: Day, listed: ListedDay | undefined): Promise<HistoryEntry[]> {
    if (!listed) return [];
    const known = await this.#reader.read(listed.recordKeys);
    const pictures = new Map<string, PoolImage>([
      ...listed.hidden,
      ...listed.pending,
      ...listed.visible,
    ]);
    for (const name of known.keys()) {
      const picture = pictures.get(name) ?? pictureNamed(`${day}/${name}`);
      if (picture) pictures.set(name, picture);
    }
    const entries = [...pictures].map(([name, picture]) => ({
      ...entryOf(picture, known.get(name), presenceIn(listed, name)),
      renditions: listed.renditions.get(name) ?? [],
    }));
    return entries.sort((a, b) => (orderOf(a) < orderOf(b) ? 1 : -1));
  }
}

const NO_RECORDS: DayRecords = { records: new Map(), fold: undefined };

function spendingOf(day: Day, { fold, records }: DayRecords): DaySpending {
  if (fold) return { day, pictures: fold.pictures, reserved: 0, costMicroUsd: fold.costMicroUsd };
  const used = [...records.values()].filter(({ state }) => state !== 'refused');
  return {
    day,
    pictures: used.length,
    reserved: used.filter(({ state }) => state === 'reserved').length,
    costMicroUsd: used.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0),
  };
}

function entryOf(
  picture: PoolImage,
  known: KnownRecord | undefined,
  presence: HistoryEntry['presence'],
): Omit<HistoryEntry, 'renditions'> {
  return {
    picture,
    presence,
    state: known?.key.state ?? 'unrecorded',
    costMicroUsd: known?.key.costMicroUsd,
    record: known?.record,
  };
}

function isBehind(entry: HistoryEntry, { day, reservedAt, name }: HistoryPosition): boolean {
  return entry.picture.day < day || orderOf(entry) < `${reservedAt} ${name}`;
}

function isNewer(entry: HistoryEntry, { day, reservedAt, name }: HistoryPosition): boolean {
  return entry.picture.day > day || orderOf(entry) > `${reservedAt} ${name}`;
}

function orderOf({ picture, record }: HistoryEntry): string {
  return `${record?.reservedAt ?? ''} ${nameOf(picture)}`;
}

function nameOf({ id, country }: PoolImage): string {
  return datedName(id, country);
}
