import { CafeError } from './errors.ts';
import type { ImageKeys } from './image-key.ts';
import { labelsIn } from './object-labels.ts';
import type { PicturePool } from './picture-pool.ts';
import type { Clock } from './ports/clock.ts';
import type { Journal } from './ports/journal.ts';
import type { ObjectLabels, ObjectStore } from './ports/object-store.ts';
import { Shelves } from './shelves.ts';
import { isTakenDown } from './taken-down.ts';

/** How often what is held is tried again behind the readers' backs. */
const AGAIN_MS = 20_000;
/** Pictures of a few megabytes each, and for how long: memory is no place to keep them. */
const IN_MEMORY = { most: 8, ms: 600_000 };

/** A picture that is paid for. */
export interface UnstoredPicture {
  /** Where it belongs: in the pool, or among those that wait for approval. */
  key: string;
  bytes: Uint8Array;
  labels: ObjectLabels;
}

interface Held {
  /** Absent where only the spool has it. */
  picture: UnstoredPicture | undefined;
  /** Whether the spool has it. */
  isSpooled: boolean;
  /** Whether it may have been written since, and nobody has looked yet if it was to be. */
  mayBeThere: boolean;
  /** Monotonic. */
  since: number;
}

/**
 * Pictures that are paid for and that the store did not take, by the keys they belong under: in memory for ten
 * minutes, and where there is a spool in there too, which outlives the process.
 */
export class HeldPictures {
  readonly #store: ObjectStore;
  readonly #keys: ImageKeys;
  readonly #shelves: Shelves;
  readonly #spool: ObjectStore | undefined;
  readonly #pool: PicturePool;
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #held = new Map<string, Held>();
  #isWatched = false;
  #closed = false;
  /** Settles when what is being tried has been tried. */
  #trying: Promise<void> = Promise.resolve();

  constructor(deps: {
    store: ObjectStore;
    keys: ImageKeys;
    recordsPrefix: string;
    spool: ObjectStore | undefined;
    pool: PicturePool;
    clock: Clock;
    journal: Journal;
  }) {
    this.#store = deps.store;
    this.#keys = deps.keys;
    this.#shelves = new Shelves(deps);
    this.#spool = deps.spool;
    this.#pool = deps.pool;
    this.#clock = deps.clock;
    this.#journal = deps.journal;
  }

  /** How many there are. */
  get count(): number {
    return this.#held.size;
  }

  /** Takes a picture, to be tried again; `false` where there is no room for it, and it is lost. */
  async hold(picture: UnstoredPicture): Promise<boolean> {
    const isSpooled = await this.#spoolIn(picture);
    const inMemory = [...this.#held.values()].filter((each) => each.picture).length;
    const hasRoom = inMemory < IN_MEMORY.most;
    if (!isSpooled && !hasRoom) return false;
    this.#held.set(picture.key, {
      picture: hasRoom ? picture : undefined,
      isSpooled,
      mayBeThere: false,
      since: this.#clock.monotonic(),
    });
    void this.#watch();
    return true;
  }

  /**
   * Stores a picture that is held; nothing happens where none is held under this key.
   *
   * @throws CafeError `storage_unavailable`; then it goes on being held
   */
  async store(key: string): Promise<void> {
    const held = this.#held.get(key);
    if (!held) return;
    const picture = held.picture ?? (await this.#spooled(key));
    if (!picture) {
      this.#lose(key, new Error('It is not in the spool any more'));
      return;
    }
    if (await this.#put(held, picture)) {
      this.#pool.add(key);
      this.#journal.record({ event: 'held_picture_stored', key });
    }
    this.#held.delete(key);
    if (held.isSpooled) await this.#clearSpool(key);
  }

  /** Takes up what an earlier process left in the spool. Never throws. */
  async resume(): Promise<void> {
    if (!this.#spool) return;
    try {
      for await (const { key } of this.#spool.list('')) {
        if (!this.#isPicture(key) || this.#held.has(key)) continue;
        const since = this.#clock.monotonic();
        this.#held.set(key, { picture: undefined, isSpooled: true, mayBeThere: false, since });
      }
    } catch (cause) {
      this.#journal.record({ event: 'spool_failed', cause });
    }
    await this.#tryAll();
    void this.#watch();
  }

  /** Tries a last time. What is in the spool stays there; what is only in memory then is lost. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#tryAll();
    for (const [key, { isSpooled }] of this.#held) {
      if (!isSpooled) this.#lose(key, new Error('The process ends'));
    }
  }

  /** `false` where the owner has moved it, before or just now; then it is not there again. */
  async #put(held: Held, { key, bytes, labels }: UnstoredPicture): Promise<boolean> {
    let isStored = false;
    // It may have been there all the same, or on a page, and have been moved from there.
    while (!(await this.#isElsewhere(key))) {
      if (isStored) return true;
      held.mayBeThere = true;
      await this.#store.put(key, bytes, labels);
      isStored = true;
    }
    if (held.mayBeThere) await this.#store.delete(key);
    return false;
  }

  async #spoolIn({ key, bytes, labels }: UnstoredPicture): Promise<boolean> {
    if (!this.#spool) return false;
    try {
      await this.#spool.put(key, bytes, labels);
      return true;
    } catch (cause) {
      this.#journal.record({ event: 'spool_failed', cause });
      return false;
    }
  }

  async #spooled(key: string): Promise<UnstoredPicture | undefined> {
    const object = await this.#spool?.get(key);
    return object && { key, bytes: object.bytes, labels: labelsIn(object) };
  }

  async #clearSpool(key: string): Promise<void> {
    try {
      await this.#spool?.delete(key);
    } catch (cause) {
      // It is stored all the same, and will be once more by the next process.
      this.#journal.record({ event: 'spool_failed', cause });
    }
  }

  async #watch(): Promise<void> {
    if (this.#isWatched) return;
    this.#isWatched = true;
    while (this.#held.size > 0 && !this.#closed) {
      await this.#clock.sleep(AGAIN_MS);
      if (!this.#closed) await this.#tryAll();
    }
    this.#isWatched = false;
  }

  #isPicture(key: string): boolean {
    return this.#keys.parse(this.#inPool(key))?.kind === 'dated';
  }

  /** Whether the owner has hidden or deleted it, or approved what waited for that. */
  async #isElsewhere(key: string): Promise<boolean> {
    const inPool = this.#inPool(key);
    if (key !== inPool && (await this.#store.head(inPool))) return true;
    return isTakenDown(this.#store, this.#shelves, inPool);
  }

  /** The key under which everybody sees it. */
  #inPool(key: string): string {
    return this.#shelves.moved(key, 'pending', 'pool');
  }

  #tryAll(): Promise<void> {
    this.#trying = this.#trying.then(async () => {
      for (const key of [...this.#held.keys()]) await this.#try(key);
    });
    return this.#trying;
  }

  async #try(key: string): Promise<void> {
    const held = this.#held.get(key);
    if (!held) return;
    try {
      await this.store(key);
    } catch (cause) {
      // That it failed was told at first; what is left to tell is that it is lost.
      if (!(cause instanceof CafeError)) this.#lose(key, cause);
      else if (this.#clock.monotonic() - held.since >= IN_MEMORY.ms) {
        if (held.isSpooled) held.picture = undefined;
        else this.#lose(key, cause);
      }
    }
  }

  #lose(key: string, cause: unknown): void {
    if (!this.#held.delete(key)) return;
    this.#journal.record({ event: 'held_picture_lost', key, cause });
  }
}
