import type { Presence } from '../../../domain/budget/generation-history.ts';
import { VisibilityFolders } from '../../../domain/images/image-visibility.ts';
import type { Day } from '../../../domain/kernel/day.ts';
import { datedName, type ImageKeys, type PoolImage } from '../../../domain/storage/image-keys.ts';
import type { ObjectStore } from '../../../domain/storage/object-store.ts';
import { parseFoldKey, parseRecordKey } from '../records/listed-records.ts';

/** The images of a day, by the name that an image shares with its record. */
export interface ListedImages {
  visible: Map<string, PoolImage>;
  hidden: Map<string, PoolImage>;
  /** Images that wait for approval. */
  pending: Map<string, PoolImage>;
  /** The keys of the renditions of published images. */
  renditions: Map<string, string[]>;
}

/** The images and records of a day. */
export interface ListedDay extends ListedImages {
  /** The keys of all records, single and folded. */
  recordKeys: string[];
}

/** While an image is restored, hidden or approved, it exists in two places: it is copied, then deleted. */
export function presenceIn(listed: ListedImages | undefined, name: string): Presence {
  if (listed?.hidden.has(name)) return 'hidden';
  if (listed?.pending.has(name)) return 'pending';
  return listed?.visible.has(name) ? 'visible' : 'absent';
}

/** Where images and records are stored. */
export interface Stock {
  store: ObjectStore;
  keys: ImageKeys;
  recordsPrefix: string;
}

/** The first digit of all years until 3000. */
const CENTURY = '2';

/** Lists a span of days. Days without images and records are omitted. */
export async function listDays(
  stock: Stock,
  from: Day,
  to: Day,
): Promise<ReadonlyMap<Day, ListedDay>> {
  const { recordsPrefix } = stock;
  const days = new Map<Day, ListedDay>();
  const of = (day: Day) => dayIn(days, day);
  await Promise.all([
    addImages(stock, from, to, of),
    readSpan(stock, `${recordsPrefix}/`, from, to, (key) => {
      const { day } = parseFoldKey(recordsPrefix, key) ?? parseRecordKey(recordsPrefix, key) ?? {};
      if (day) of(day).recordKeys.push(key);
    }),
  ]);
  return days;
}

/** Lists the images of a span of days. Days without images are omitted. */
export async function listImages(
  stock: Stock,
  from: Day,
  to: Day,
): Promise<ReadonlyMap<Day, ListedImages>> {
  const days = new Map<Day, ListedDay>();
  await addImages(stock, from, to, (day) => dayIn(days, day));
  return days;
}

function dayIn(days: Map<Day, ListedDay>, day: Day): ListedDay {
  const known = days.get(day) ?? emptyDay();
  days.set(day, known);
  return known;
}

async function addImages(
  stock: Stock,
  from: Day,
  to: Day,
  of: (day: Day) => ListedImages,
): Promise<void> {
  const { keys } = stock;
  const folders = new VisibilityFolders(stock);
  const add = (key: string, list: (day: ListedImages) => Map<string, PoolImage>) => {
    const parsed = keys.parse(key);
    if (parsed?.kind !== 'dated') return;
    const { day, id, country } = parsed;
    list(of(day)).set(datedName(id, country), { day, id, country });
  };
  const addRendition = (key: string) => {
    const extension = key.indexOf('.', key.lastIndexOf('/'));
    const parsed = keys.parse(`${key.slice(0, extension)}.png`);
    if (parsed?.kind !== 'dated') return;
    const { renditions } = of(parsed.day);
    const name = datedName(parsed.id, parsed.country);
    renditions.set(name, [...(renditions.get(name) ?? []), key]);
  };
  const addUnseen = (visibility: 'hidden' | 'pending') =>
    readSpan(stock, folders.prefixOf(visibility), from, to, (key) =>
      add(folders.moved(key, visibility, 'pool'), (day) => day[visibility]),
    );
  await Promise.all([
    readSpan(stock, keys.root, from, to, (key) => {
      if (key.endsWith('.png')) add(key, ({ visible }) => visible);
      else addRendition(key);
    }),
    addUnseen('hidden'),
    addUnseen('pending'),
  ]);
}

function emptyDay(): ListedDay {
  return {
    visible: new Map(),
    hidden: new Map(),
    pending: new Map(),
    renditions: new Map(),
    recordKeys: [],
  };
}

/** The first day with images or records; `undefined` if there is none. */
export async function oldestDay(stock: Stock): Promise<Day | undefined> {
  return firstOf(
    await Promise.all([oldestImages(stock), firstDay(stock, `${stock.recordsPrefix}/`)]),
  );
}

/** The first day with images; `undefined` if there is none. */
export async function oldestImages(stock: Stock): Promise<Day | undefined> {
  const folders = new VisibilityFolders(stock);
  const roots = (['pool', 'hidden', 'pending'] as const).map((each) => folders.prefixOf(each));
  return firstOf(await Promise.all(roots.map((root) => firstDay(stock, root))));
}

function firstOf(days: readonly (Day | undefined)[]): Day | undefined {
  return days.filter((day) => day !== undefined).toSorted()[0];
}

async function firstDay({ store }: Stock, root: string): Promise<Day | undefined> {
  for await (const { key } of store.list(root + CENTURY)) {
    const day = dayUnder(key, root);
    if (day) return day;
  }
  return undefined;
}

async function readSpan(
  { store }: Stock,
  root: string,
  from: Day,
  to: Day,
  take: (key: string) => void,
): Promise<void> {
  for await (const { key } of store.list(root + CENTURY, { after: root + from })) {
    const day = dayUnder(key, root);
    if (day && day > to) return;
    take(key);
  }
}

function dayUnder(key: string, root: string): Day | undefined {
  const text = key.slice(root.length, root.length + 'YYYY/MM/DD'.length);
  return /^\d{4}\/\d{2}\/\d{2}$/.test(text) ? (text as Day) : undefined;
}
