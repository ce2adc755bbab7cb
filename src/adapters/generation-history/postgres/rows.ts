import { sql } from 'kysely';
import type { HistoryPosition } from '../../../domain/budget/generation-history.ts';
import { countryByCode } from '../../../domain/countries/country.ts';
import type { Day } from '../../../domain/kernel/day.ts';
import { UUID } from '../../../domain/kernel/uuid.ts';
import { datedName, type PoolImage } from '../../../domain/storage/image-keys.ts';
import type { ListedImages } from '../../budget-ledger/days/listed-days.ts';
import type { Database, Queries } from '../../postgres/database.ts';
import { anyOf, type GenerationRow } from '../../postgres/generation-rows.ts';

/** Rows per query: few at first, because most callers read one page. */
const PAGE_ROWS = { first: 100, most: 1000 };
const ID = new RegExp(`^${UUID}`);
const NO_ID = '00000000-0000-0000-0000-000000000000';

/** Days to read, and in which order. */
export interface Span {
  from: Day;
  to: Day;
  /** Only entries behind it, in the given order. */
  start: HistoryPosition | undefined;
  first: 'newest' | 'oldest';
}

/** An image without a row. */
interface UnrecordedImage {
  picture: PoolImage;
  place: string;
}

/** A place in the history; later entries have a greater one. Images without a row begin their day. */
export function placeOf(row: GenerationRow): string {
  const { id, country } = imageOf(row);
  return placeAt({
    day: row.day as Day,
    reservedAt: row.reserved_at.toISOString(),
    name: datedName(id, country),
  });
}

export function imageOf({ id, day, country }: GenerationRow): PoolImage {
  return { day: day as Day, id, country: countryByCode(country) };
}

export function readRow(queries: Queries, id: string): Promise<GenerationRow | undefined> {
  return queries.selectFrom('generations').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The rows of a span, read page by page as they are consumed. */
export async function* rowsIn(
  database: Pick<Database, 'run'>,
  span: Span,
): AsyncGenerator<GenerationRow> {
  const order = span.first === 'newest' ? 'desc' : 'asc';
  const comparison = sql.raw(span.first === 'newest' ? '<' : '>');
  let after = boundOf(span);
  for (let size = PAGE_ROWS.first; ; size = PAGE_ROWS.most) {
    const bound = after;
    const rows = await database.run((queries) =>
      queries
        .selectFrom('generations')
        .selectAll()
        .where('day', '>=', span.from)
        .where('day', '<=', span.to)
        .$if(bound !== undefined, (query) =>
          query.where(
            sql<boolean>`(day, reserved_at, id) ${comparison} (${bound?.day}, ${bound?.at}::timestamptz, ${bound?.id}::uuid)`,
          ),
        )
        .orderBy('day', order)
        .orderBy('reserved_at', order)
        .orderBy('id', order)
        .limit(size)
        .execute(),
    );
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < size) return;
    after = { day: last.day, at: last.reserved_at.toISOString(), id: last.id };
  }
}

/** The listed images behind the start that have no row, in the order of the span. */
export async function unrecordedIn(
  database: Pick<Database, 'run'>,
  listed: ReadonlyMap<Day, ListedImages>,
  { start, first }: Span,
): Promise<UnrecordedImage[]> {
  const images = [...listed.values()].flatMap(({ visible, hidden, pending }) => [
    ...new Map([...hidden, ...pending, ...visible]).values(),
  ]);
  const known = await namesWithRow(database, images);
  const begin = start && placeAt(start);
  const isBehind = (place: string) =>
    begin === undefined || (first === 'newest' ? place < begin : place > begin);
  return images
    .map((picture) => ({ picture, name: datedName(picture.id, picture.country) }))
    .filter(({ picture, name }) => !known.has(`${picture.day} ${name}`))
    .map(({ picture, name }) => ({
      picture,
      place: placeAt({ day: picture.day, reservedAt: '', name }),
    }))
    .filter(({ place }) => isBehind(place))
    .sort((a, b) => (a.place < b.place === (first === 'oldest') ? -1 : 1));
}

async function namesWithRow(
  database: Pick<Database, 'run'>,
  images: readonly PoolImage[],
): Promise<Set<string>> {
  if (images.length === 0) return new Set();
  const ids = images.map(({ id }) => id);
  const rows = await database.run((queries) =>
    queries
      .selectFrom('generations')
      .select(['id', 'day', 'country'])
      .where('id', '=', anyOf(ids))
      .execute(),
  );
  return new Set(
    rows.map(({ id, day, country }) => `${day} ${datedName(id, countryByCode(country))}`),
  );
}

/** Where the rows begin. A position without a moment is before all rows of its day. */
function boundOf({ start }: Span): { day: string; at: string; id: string } | undefined {
  if (!start) return undefined;
  const [id] = ID.exec(start.name) ?? [];
  const at = new Date(start.reservedAt);
  return id === undefined || Number.isNaN(at.getTime())
    ? { day: start.day, at: '-infinity', id: NO_ID }
    : { day: start.day, at: at.toISOString(), id };
}

function placeAt({ day, reservedAt, name }: HistoryPosition): string {
  return `${day} ${reservedAt} ${name}`;
}
