import type {
  DaySpending,
  GenerationHistory,
  HistoryEntry,
  HistoryPosition,
} from '../../domain/budget/generation-history.ts';
import { type Day, startOf } from '../../domain/kernel/day.ts';
import { spansBack, spansOn } from '../../domain/kernel/day-spans.ts';
import { datedName, type PoolImage } from '../../domain/storage/image-keys.ts';
import {
  type ListedImages,
  listImages,
  oldestImages,
  presenceIn,
  type Stock,
} from '../budget-ledger/days/listed-days.ts';
import { listStoredDay } from '../budget-ledger/days/stored-day.ts';
import { addToDay, insertGenerations, lockMonth } from '../postgres/budget-rows.ts';
import type { Database } from '../postgres/database.ts';
import { type GenerationRow, recordOf, rowOf, withoutRows } from '../postgres/generation-rows.ts';
import { imageOf, placeOf, readRow, rowsIn, type Span, unrecordedIn } from './postgres/rows.ts';

/** Days per listing: few at first, because most callers only want the newest. */
const SPAN_DAYS = { first: 8, most: 64 };

/**
 * Reads the history from the rows of the database and the images in the store. It goes over days in growing
 * spans. For each span it lists the images once, asks once which of them have rows, and reads the rows in
 * pages, each from the position where the last one ended.
 */
export class PostgresGenerationHistory implements GenerationHistory {
  readonly #database: Pick<Database, 'run' | 'transaction'>;
  readonly #stock: Stock;

  constructor({ database, ...stock }: Stock & { database: Pick<Database, 'run' | 'transaction'> }) {
    this.#database = database;
    this.#stock = stock;
  }

  async spending(from: Day, to: Day): Promise<DaySpending[]> {
    const rows = await this.#database.run((queries) =>
      queries
        .selectFrom('budget_days')
        .selectAll()
        .where('account', '=', '')
        .where('day', '>=', from)
        .where('day', '<=', to)
        .where('pictures', '>', 0)
        .orderBy('day')
        .execute(),
    );
    return rows.map(({ day, pictures, reserved, cost_micro_usd }) => ({
      day: day as Day,
      pictures,
      reserved,
      costMicroUsd: cost_micro_usd,
    }));
  }

  async usage(day: Day, priceMicroUsd: number): Promise<DaySpending> {
    const { generations } = await listStoredDay(this.#stock, day);
    const unrecorded = await this.#database.run((queries) => withoutRows(queries, generations));
    const [spent = { day, pictures: 0, reserved: 0, costMicroUsd: 0 }] = await this.spending(
      day,
      day,
    );
    const costs = unrecorded.map(({ costMicroUsd = priceMicroUsd }) => costMicroUsd);
    return {
      ...spent,
      pictures: spent.pictures + costs.length,
      costMicroUsd: costs.reduce((sum, cost) => sum + cost, spent.costMicroUsd),
    };
  }

  async *entries(from: HistoryPosition | Day): AsyncGenerator<HistoryEntry> {
    const start = typeof from === 'string' ? undefined : from;
    let oldest: Day | undefined;
    for (const span of spansBack(start?.day ?? (from as Day), SPAN_DAYS)) {
      yield* this.#entriesIn({ ...span, start, first: 'newest' });
      oldest ??= await this.#oldestDay();
      if (!oldest || span.from <= oldest) return;
    }
  }

  async *entriesUpTo(last: Day, behind?: HistoryPosition): AsyncGenerator<HistoryEntry> {
    const first = behind?.day ?? (await this.#oldestDay()) ?? last;
    for (const { from, to } of spansOn(first, SPAN_DAYS)) {
      if (from > last) return;
      const span = { from, to: to < last ? to : last, start: behind };
      yield* this.#entriesIn({ ...span, first: 'oldest' });
    }
  }

  async find(picture: PoolImage): Promise<HistoryEntry | undefined> {
    const { day, id, country } = picture;
    const listed = (await listImages(this.#stock, day, day)).get(day);
    const row = await this.#database.run((queries) => readRow(queries, id));
    if (row?.day === day && row.country === (country?.code ?? null)) return entryOf(row, listed);
    return presenceIn(listed, nameOf(picture)) === 'absent'
      ? undefined
      : unrecordedEntry(picture, listed);
  }

  /** Locks the month, because it adds to the day's usage. */
  async writeDown(picture: PoolImage, priceMicroUsd: number): Promise<void> {
    const { day, id, country } = picture;
    await this.#database.transaction(async (transaction) => {
      await lockMonth(transaction, day);
      const row = await readRow(transaction, id);
      if (row && row.state !== 'refused') return;
      if (row) {
        await transaction
          .updateTable('generations')
          .set({ state: 'spent', cost_micro_usd: priceMicroUsd })
          .where('id', '=', id)
          .execute();
        await addToDay(transaction, row, { pictures: 1, reserved: 0, costMicroUsd: priceMicroUsd });
        return;
      }
      const record = {
        id,
        state: 'spent',
        reservedAt: new Date(startOf(day)).toISOString(),
        page: null,
        country: country?.code ?? null,
        model: 'unknown',
        prompt: '',
        costMicroUsd: priceMicroUsd,
      } as const;
      await insertGenerations(transaction, [rowOf(record, { day })]);
    });
  }

  /** Merges the rows with the images that have none. Both come in the order of their places. */
  async *#entriesIn(span: Span): AsyncGenerator<HistoryEntry> {
    const listed = await listImages(this.#stock, span.from, span.to);
    const images = await unrecordedIn(this.#database, listed, span);
    for await (const row of rowsIn(this.#database, span)) {
      const place = placeOf(row);
      for (let next = images[0]; next && isEarlier(next.place, place, span); next = images[0]) {
        images.shift();
        yield unrecordedEntry(next.picture, listed.get(next.picture.day));
      }
      yield entryOf(row, listed.get(row.day as Day));
    }
    for (const { picture } of images) yield unrecordedEntry(picture, listed.get(picture.day));
  }

  async #oldestDay(): Promise<Day | undefined> {
    const [ofImages, ofRows] = await Promise.all([
      oldestImages(this.#stock),
      this.#database.run((queries) =>
        queries
          .selectFrom('generations')
          .select(({ fn }) => fn.min('day').as('day'))
          .executeTakeFirst(),
      ),
    ]);
    const days = [ofImages, ofRows?.day as Day | null | undefined];
    return days.filter((day) => day !== undefined && day !== null).toSorted()[0];
  }
}

function isEarlier(place: string, than: string, { first }: Span): boolean {
  return first === 'newest' ? place > than : place < than;
}

function entryOf(row: GenerationRow, listed: ListedImages | undefined): HistoryEntry {
  const picture = imageOf(row);
  return {
    picture,
    presence: presenceIn(listed, nameOf(picture)),
    state: row.state,
    costMicroUsd: row.cost_micro_usd,
    record: recordOf(row),
    renditions: renditionsOf(picture, listed),
  };
}

function unrecordedEntry(picture: PoolImage, listed: ListedImages | undefined): HistoryEntry {
  return {
    picture,
    presence: presenceIn(listed, nameOf(picture)),
    state: 'unrecorded',
    costMicroUsd: undefined,
    record: undefined,
    renditions: renditionsOf(picture, listed),
  };
}

function renditionsOf(picture: PoolImage, listed: ListedImages | undefined): readonly string[] {
  return listed?.renditions.get(nameOf(picture)) ?? [];
}

function nameOf({ id, country }: PoolImage): string {
  return datedName(id, country);
}
