import { BoundedMap } from '../../../domain/kernel/bounded-map.ts';
import type { Clock } from '../../../domain/kernel/clock.ts';
import { SingleFlight } from '../../../domain/kernel/concurrency.ts';
import type { Day } from '../../../domain/kernel/day.ts';
import type { ImageKeys } from '../../../domain/storage/image-keys.ts';
import type { ObjectStore } from '../../../domain/storage/object-store.ts';
import type { Database } from '../../postgres/database.ts';
import { withoutRows } from '../../postgres/generation-rows.ts';
import { listStoredDay, type StoredDay } from '../days/stored-day.ts';

/** If the last listing is older than this, a reservation starts another one. */
const FRESH_MS = 30_000;
/** Two around midnight, more if the clock jumps. */
const DAYS_KNOWN = 4;

interface StoredDaysDeps {
  database: Pick<Database, 'run'>;
  store: ObjectStore;
  keys: ImageKeys;
  recordsPrefix: string;
  clock: Clock;
}

/**
 * The generations of a day that are in the store and not in the database: PNGs that other programs wrote.
 * While a cafe moves from the bucket to the database, also the bucket's records that are not imported yet.
 *
 * The first reservation of a process for a day waits for a listing. Later ones use the last listing. If it is
 * older than 30 seconds, they also start another one, but do not wait for it. After a listing that failed,
 * the next reservation waits again. Shared by all ledgers of a process.
 */
export class StoredDays {
  readonly #deps: StoredDaysDeps;
  readonly #days = new BoundedMap<Day, { listedAt: number; day: StoredDay }>(DAYS_KNOWN);
  readonly #listings = new SingleFlight<StoredDay>();

  constructor(deps: StoredDaysDeps) {
    this.#deps = deps;
  }

  /**
   * What counts for a day in addition to the rows of the database, as of the last listing. A row may have
   * been added since then: see {@link withoutRows}.
   *
   * @throws CafeError `storage_unavailable` or `database_unavailable`
   */
  async read(day: Day): Promise<StoredDay> {
    const known = this.#days.get(day);
    if (!known) return this.list(day);
    const isOld = this.#deps.clock.monotonic() - known.listedAt >= FRESH_MS;
    // The next reservation waits for a listing, and gets its failure.
    if (isOld) void this.list(day).catch(() => {});
    return known.day;
  }

  /** Lists the store now, or joins the listing in progress. */
  list(day: Day): Promise<StoredDay> {
    return this.#listings.join(day, async () => {
      const listedAt = this.#deps.clock.monotonic();
      try {
        const { generations, isFolded } = await listStoredDay(this.#deps, day);
        const { database } = this.#deps;
        const others = await database.run((queries) => withoutRows(queries, generations));
        const listed = { generations: others, isFolded };
        this.#days.set(day, { listedAt, day: listed });
        return listed;
      } catch (error) {
        this.#days.delete(day);
        throw error;
      }
    });
  }

  /** Resolves once no listing is in progress. */
  finished(): Promise<void> {
    return this.#listings.settled();
  }
}
