import type { GenerationRecord } from '../../../domain/budget/generation-record.ts';
import { countryByCode } from '../../../domain/countries/country.ts';
import { BoundedMap } from '../../../domain/kernel/bounded-map.ts';
import { inBatches } from '../../../domain/kernel/concurrency.ts';
import type { Notice } from '../../../domain/kernel/notice.ts';
import { datedName } from '../../../domain/storage/image-keys.ts';
import type { ObjectStore } from '../../../domain/storage/object-store.ts';
import { merged, recordsIn } from '../days/day-summary.ts';
import { parseFoldKey, parseRecordKey, type RecordKey } from './listed-records.ts';

/** Concurrent calls to the store. */
const AT_ONCE = 16;
/** If a day has more single records, only their keys are used until the day is folded. */
const MAX_OPENED = 1000;
/** Cached, because settled records never change. `inFold` is the largest fold that is cached. */
const REMEMBERED = { records: 2000, folds: 64, inFold: 500 };

/** A generation's record; without `record`, only what its key contains. */
export interface KnownRecord {
  key: Pick<RecordKey, 'state' | 'costMicroUsd'>;
  record: GenerationRecord | undefined;
}

interface RecordReaderDeps {
  store: ObjectStore;
  recordsPrefix: string;
  notice: Notice;
}

/** Reads the content of records. A listing only shows state and cost. */
export class RecordReader {
  readonly #deps: RecordReaderDeps;
  readonly #records = new BoundedMap<string, GenerationRecord[]>(REMEMBERED.records);
  readonly #folds = new BoundedMap<string, GenerationRecord[]>(REMEMBERED.folds);

  /** @param deps.notice called for malformed records */
  constructor(deps: RecordReaderDeps) {
    this.#deps = deps;
  }

  /** A day's generations, by the name that they share with their image. */
  async read(recordKeys: readonly string[]): Promise<Map<string, KnownRecord>> {
    const folds = recordKeys.filter((key) => parseFoldKey(this.#deps.recordsPrefix, key));
    const singles = this.#decisive(recordKeys);
    const known = new Map<string, KnownRecord>(
      singles.map(({ parsed }) => [parsed.name, { key: parsed, record: undefined }]),
    );
    const opened = singles.length > MAX_OPENED ? folds : [...folds, ...keysOf(singles)];
    const records = await inBatches(opened, AT_ONCE, (key) => this.#open(key));
    for (const record of merged(records.flat())) {
      const { state, costMicroUsd, id, country } = record;
      const name = datedName(id, countryByCode(country));
      known.set(name, { key: { state, costMicroUsd }, record });
    }
    return known;
  }

  /** While a generation is settled, both versions of its record exist. This keeps the later one. */
  #decisive(recordKeys: readonly string[]) {
    const byName = new Map<string, { key: string; parsed: RecordKey }>();
    for (const key of recordKeys) {
      const parsed = parseRecordKey(this.#deps.recordsPrefix, key);
      if (!parsed) continue;
      const other = byName.get(parsed.name);
      if (!other || other.parsed.state === 'reserved') byName.set(parsed.name, { key, parsed });
    }
    return [...byName.values()];
  }

  async #open(key: string): Promise<GenerationRecord[]> {
    const remembered = this.#records.get(key) ?? this.#folds.get(key);
    if (remembered) return remembered;
    const object = await this.#deps.store.get(key);
    // The record was folded or settled after the listing.
    if (!object) return [];
    try {
      const records = recordsIn(this.#deps.recordsPrefix, key, object.bytes);
      this.#remember(key, records);
      return records;
    } catch (cause) {
      this.#deps.notice('a record is malformed', { key, cause });
      return [];
    }
  }

  #remember(key: string, records: GenerationRecord[]): void {
    const single = parseRecordKey(this.#deps.recordsPrefix, key);
    if (single && single.state !== 'reserved') this.#records.set(key, records);
    if (!single && records.length <= REMEMBERED.inFold) this.#folds.set(key, records);
  }
}

function keysOf(singles: readonly { key: string }[]): string[] {
  return singles.map(({ key }) => key);
}
