import type { Clock } from '../kernel/clock.ts';
import { BackgroundTasks } from '../kernel/concurrency.ts';
import { CafeError } from '../kernel/errors.ts';
import type { Journal } from '../monitoring/journal.ts';
import type { ImageKeys } from '../storage/image-keys.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { ImageEvents } from './image-events.ts';
import { ImageSpool, type UnstoredImage } from './image-spool.ts';
import { VisibilityFolders } from './image-visibility.ts';
import { isTakenDown } from './taken-down.ts';

/** How often unstored images are retried in the background. */
const AGAIN_MS = 20_000;
/** Images have a few megabytes each. At this many in memory only, no further image is generated. */
const MAX_IN_MEMORY = 8;
/** A slow disk must not keep an image from the store. */
const MAX_SPOOLING_MS = 1000;

interface Held {
  /** Absent if only the spool has it. */
  picture: UnstoredImage | undefined;
  /** Whether the spool has it. */
  isSpooled: boolean;
  /** Whether an unfinished try may have stored it. The next try checks that. */
  mayBeThere: boolean;
}
const ENDS = 'The process ends';

/** An image on its way to the store. */
interface InHand {
  picture: UnstoredImage;
  /** Resolves with whether the spool has it. */
  spooling: Promise<boolean>;
}

interface Deps {
  store: ObjectStore;
  keys: ImageKeys;
  recordsPrefix: string;
  spool: ObjectStore | undefined;
  events: ImageEvents;
  clock: Clock;
  journal: Journal;
}

/**
 * Paid images that are not stored, by key: those being stored, and those the store rejected. With a
 * spool, each is written there as soon as it is paid for, and removed once it is stored. Without
 * one, rejected images stay in memory until the process ends.
 */
export class UnstoredImages {
  readonly #deps: Deps;
  readonly #folders: VisibilityFolders;
  readonly #spool: ImageSpool;
  readonly #inHand = new Map<string, InHand>();
  readonly #held = new Map<string, Held>();
  readonly #removals = new BackgroundTasks();
  #isWatched = false;
  #closed = false;
  /** Settles when the current tries have ended. */
  #trying: Promise<void> = Promise.resolve();

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#folders = new VisibilityFolders(deps);
    this.#spool = new ImageSpool(deps.spool, deps.journal);
  }

  /** How many images the store rejected. */
  get count(): number {
    return this.#held.size;
  }

  /**
   * Registers an image that was just paid for. Resolves once it is in the spool, at the latest after a
   * second. Call {@link stored} or {@link hold} afterwards.
   */
  async take(picture: UnstoredImage): Promise<void> {
    const spooling = this.#spool.put(picture);
    this.#inHand.set(picture.key, { picture, spooling });
    await Promise.race([spooling, this.#deps.clock.sleep(MAX_SPOOLING_MS, { ref: false })]);
  }

  /** Call this once the store has accepted a registered image. */
  stored(key: string): void {
    const inHand = this.#inHand.get(key);
    if (!inHand) return;
    this.#inHand.delete(key);
    this.#removals.add(inHand.spooling.then(() => this.#spool.remove(key)));
  }

  /** Whether so many images are only in memory that no further image may be generated. */
  get isFull(): boolean {
    const alone = [...this.#held.values()].filter((each) => each.picture && !each.isSpooled);
    return alone.length >= MAX_IN_MEMORY;
  }

  /** Takes an image that the store rejected, for further tries. */
  async hold(picture: UnstoredImage): Promise<void> {
    await this.#inHand.get(picture.key)?.spooling;
    // Written again, because its labels now include its renditions.
    const isSpooled = await this.#spool.put(picture);
    this.#inHand.delete(picture.key);
    const inMemory = [...this.#held.values()].filter((each) => each.picture).length;
    const isKept = !isSpooled || inMemory < MAX_IN_MEMORY;
    this.#held.set(picture.key, {
      picture: isKept ? picture : undefined,
      isSpooled,
      mayBeThere: false,
    });
    void this.#watch();
  }

  /**
   * Stores an unstored image, or one that another process left in the spool. Does nothing if there
   * is none under this key.
   *
   * @throws CafeError `storage_unavailable`; the image then stays unstored
   */
  async store(key: string): Promise<void> {
    const known = this.#held.get(key);
    const inMemory = known?.picture ?? this.#inHand.get(key)?.picture;
    const picture = inMemory ?? (await this.#spool.get(key));
    const held = known ?? this.#spooledBefore();
    if (picture) {
      if (await this.#put(held, picture)) {
        this.#deps.events.created({ key });
        this.#deps.journal.record({ event: 'held_picture_stored', key });
      }
      this.#held.delete(key);
      if (held.isSpooled) await this.#spool.remove(key);
    } else if (known && !(await this.#deps.store.head(key))) {
      this.#lose(key, new Error('The image is no longer in the spool'));
    } else this.#held.delete(key);
  }

  /** Takes over images that an earlier process left in the spool. Never throws. */
  async resume(): Promise<void> {
    for (const key of await this.#spool.keys()) {
      const isKnown = this.#held.has(key) || this.#inHand.has(key);
      if (!isKnown && this.#isPicture(key)) this.#held.set(key, this.#spooledBefore());
    }
    await this.#tryAll();
    void this.#watch();
  }

  /** Tries one last time. Images in the spool stay there; images in memory only are lost. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#tryAll();
    await this.saveAll();
  }

  /**
   * Writes all in-memory images to the spool and reports those it cannot write. Does not call the
   * store.
   */
  async saveAll(): Promise<void> {
    const inHand = [...this.#inHand.values()];
    await Promise.all([...inHand.map((each) => this.#save(each)), this.#removals.ended()]);
    for (const [key, held] of this.#held) {
      const { picture, isSpooled } = held;
      held.isSpooled = isSpooled || (picture !== undefined && (await this.#spool.put(picture)));
      if (!held.isSpooled && this.#held.delete(key)) this.#tellLoss(key, new Error(ENDS));
    }
  }

  async #save({ picture, spooling }: InHand): Promise<void> {
    const isSpooled = (await spooling) || (await this.#spool.put(picture));
    if (!isSpooled) this.#tellLoss(picture.key, new Error(ENDS));
  }

  #spooledBefore(): Held {
    return { picture: undefined, isSpooled: true, mayBeThere: false };
  }

  /**
   * `false` if the owner has moved the image before or during the write. It is then not stored
   * again.
   */
  async #put(held: Held, { key, bytes, labels }: UnstoredImage): Promise<boolean> {
    let isStored = false;
    // An earlier try may have stored it, in the pool or on a page, and the owner may have moved it
    // since.
    while (!(await this.#isElsewhere(key))) {
      if (isStored) return true;
      held.mayBeThere = true;
      await this.#deps.store.put(key, bytes, labels, { ifAbsent: true });
      isStored = true;
    }
    if (held.mayBeThere) await this.#deps.store.delete(key);
    return false;
  }

  async #watch(): Promise<void> {
    if (this.#isWatched) return;
    this.#isWatched = true;
    while (this.#held.size > 0 && !this.#closed) {
      await this.#deps.clock.sleep(AGAIN_MS);
      if (!this.#closed) await this.#tryAll();
    }
    this.#isWatched = false;
  }

  #isPicture(key: string): boolean {
    return this.#deps.keys.parse(this.#inPool(key))?.kind === 'dated';
  }

  /** Whether the owner has hidden or deleted it, or approved a pending one. */
  async #isElsewhere(key: string): Promise<boolean> {
    const inPool = this.#inPool(key);
    if (key !== inPool && (await this.#deps.store.head(inPool))) return true;
    return isTakenDown(this.#deps.store, this.#folders, inPool);
  }

  /** Its public key. */
  #inPool(key: string): string {
    return this.#folders.moved(key, 'pending', 'pool');
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
      // The first failure was already reported. Report only if the image is lost.
      if (!(cause instanceof CafeError)) this.#lose(key, cause);
      else if (held.isSpooled) held.picture = undefined;
    }
  }

  #lose(key: string, cause: unknown): void {
    if (this.#held.delete(key)) this.#tellLoss(key, cause);
  }

  #tellLoss(key: string, cause: unknown): void {
    this.#deps.journal.record({ event: 'held_picture_lost', key, cause });
  }
}
