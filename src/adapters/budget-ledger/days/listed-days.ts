import { VisibilityFolders } from '../../../domain/images/image-visibility.ts';
import type { Day } from '../../../domain/kernel/day.ts';
import { datedName, type ImageKeys, type PoolImage } from '../../../domain/storage/image-keys.ts';
import type { ObjectStore } from '../../../domain/storage/object-store.ts';
import { parseFoldKey, parseRecordKey } from '../records/listed-records.ts';

/** The images and records of a day, by the name that an image shares with its record. */
export interface ListedDay {
  visible: Map<string, PoolImage>;
  hidden: Map<string, PoolImage>;
  /** Images that wait for approval. */
  pending: Map<string, PoolImage>;
  /** The keys of the renditions of published images. */
  renditions: Map<string, string[]>;
  /** The keys of all records, single and folded. */
  recordKeys: string[];
}

/** Where images and records are stored. */
interface Stock {
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
  const { keys, recordsPrefix } = stock;
  const folders = new VisibilityFolders(stock);
  const days = new Map<Day, ListedDay>();
  const of = (day: Day): ListedDay => {
    const known = days.get(day) ?? emptyDay();
    days.set(day, known);
    return known;
  };
  const add = (key: string, list: (day: ListedDay) => Map<string, PoolImage>) => {
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
    readSpan(stock, `${recordsPrefix}/`, from, to, (key) => {
      const { day } = parseFoldKey(recordsPrefix, key) ?? parseRecordKey(recordsPrefix, key) ?? {};
      if (day) of(day).recordKeys.push(key);
    }),
  ]);
  return days;
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
  const { store, recordsPrefix } = stock;
  const folders = new VisibilityFolders(stock);
  const pictures = (['pool', 'hidden', 'pending'] as const).map((each) => folders.prefixOf(each));
  const roots = [...pictures, `${recordsPrefix}/`];
  const firsts = await Promise.all(
    roots.map(async (root) => {
      for await (const { key } of store.list(root + CENTURY)) {
        const day = dayIn(key, root);
        if (day) return day;
      }
      return undefined;
    }),
  );
  return firsts.filter((day) => day !== undefined).toSorted()[0];
}

async function readSpan(
  { store }: Stock,
  root: string,
  from: Day,
  to: Day,
  take: (key: string) => void,
): Promise<void> {
  for await (const { key } of store.list(root + CENTURY, { after: root + from })) {
    const day = dayIn(key, root);
    if (day && day > to) return;
    take(key);
  }
}

function dayIn(key: string, root: string): Day | undefined {
  const text = key.slice(root.length, root.length + 'YYYY/MM/DD'.length);
  return /^\d{4}\/\d{2}\/\d{2}$/.test(text) ? (text as Day) : undefined;
}
