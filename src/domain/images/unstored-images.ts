import { BackgroundTasks } from '../kernel/background-tasks.ts';
import type { Clock } from '../kernel/clock.ts';
import { CafeError } from '../kernel/errors.ts';
import type { Journal } from '../monitoring/journal.ts';
import type { ImageKeys } from '../storage/image-keys.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { ImageEvents } from './image-events.ts';
import { ImageSpool, type UnstoredImage } from './image-spool.ts';
import { VisibilityFolders } from './image-visibility.ts';
import { isTakenDown } from './taken-down.ts';

/** How often what is held is tried again behind the readers' backs. */
const AGAIN_MS = 20_000;
/** Images of a few megabytes each. Nothing is bought while as many as this are in memory alone. */
const MAX_IN_MEMORY = 8;

interface Held {
  /** Absent where only the spool has it. */
  picture: UnstoredImage | undefined;
  /** Whether the spool has it. */
  isSpooled: boolean;
  /** Whether it may have been written since, and nobody has looked yet if it was to be. */
  mayBeThere: boolean;
}
const ENDS = 'The process ends';

/** A picture that is on its way to the store. */
interface InHand {
  picture: UnstoredImage;
  /** Resolves with whether the spool has it. */
  spooling: Promise<boolean>;
}

/**
 * Pictures that are paid for and not stored, by the keys they belong under: those on their way to the
 * store, and those the store rejected. Where there is a spool, each is written there as soon as it is paid
 * for, and removed once it is stored. Without one, rejected images stay in memory until the process ends.
 */
export class UnstoredImages {
  readonly #store: ObjectStore;
  readonly #keys: ImageKeys;
  readonly #folders: VisibilityFolders;
  readonly #spool: ImageSpool;
  readonly #events: ImageEvents;
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #inHand = new Map<string, InHand>();
  readonly #held = new Map<string, Held>();
  readonly #removals = new BackgroundTasks();
  #isWatched = false;
  #closed = false;
  /** Settles when what is being tried has been tried. */
  #trying: Promise<void> = Promise.resolve();

  constructor(deps: {
    store: ObjectStore;
    keys: ImageKeys;
    recordsPrefix: string;
    spool: ObjectStore | undefined;
    events: ImageEvents;
    clock: Clock;
    journal: Journal;
  }) {
    this.#store = deps.store;
    this.#keys = deps.keys;
    this.#folders = new VisibilityFolders(deps);
    this.#spool = new ImageSpool(deps.spool, deps.journal);
    this.#events = deps.events;
    this.#clock = deps.clock;
    this.#journal = deps.journal;
  }

  /** How many the store rejected. */
  get count(): number {
    return this.#held.size;
  }

  /** Takes note of a picture that was just paid for. {@link stored} or {@link hold} has to follow. */
  take(picture: UnstoredImage): void {
    this.#inHand.set(picture.key, { picture, spooling: this.#spool.put(picture) });
  }

  /** The store has a picture that was taken. */
  stored(key: string): void {
    const inHand = this.#inHand.get(key);
    if (!inHand) return;
    this.#inHand.delete(key);
    this.#removals.add(inHand.spooling.then(() => this.#spool.remove(key)));
  }

  /** Too many images are in memory alone to buy another. */
  get isFull(): boolean {
    const alone = [...this.#held.values()].filter((each) => each.picture && !each.isSpooled);
    return alone.length >= MAX_IN_MEMORY;
  }

  /** Takes an image that the store rejected, to be tried again. */
  async hold(picture: UnstoredImage): Promise<void> {
    await this.#inHand.get(picture.key)?.spooling;
    // Once more: what was made of it since is in its labels.
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
   * Stores a picture that is held, or that another process left in the spool; nothing happens where
   * there is none under this key.
   *
   * @throws CafeError `storage_unavailable`; then it goes on being held
   */
  async store(key: string): Promise<void> {
    const known = this.#held.get(key);
    const inMemory = known?.picture ?? this.#inHand.get(key)?.picture;
    const picture = inMemory ?? (await this.#spool.get(key));
    const held = known ?? this.#spooledBefore();
    if (picture) {
      if (await this.#put(held, picture)) {
        this.#events.created({ key });
        this.#journal.record({ event: 'held_picture_stored', key });
      }
      this.#held.delete(key);
      if (held.isSpooled) await this.#spool.remove(key);
    } else if (known && !(await this.#store.head(key))) {
      this.#lose(key, new Error('It is not in the spool any more'));
    } else this.#held.delete(key);
  }

  /** Takes up what an earlier process left in the spool. Never throws. */
  async resume(): Promise<void> {
    for (const key of await this.#spool.keys()) {
      const isKnown = this.#held.has(key) || this.#inHand.has(key);
      if (!isKnown && this.#isPicture(key)) this.#held.set(key, this.#spooledBefore());
    }
    await this.#tryAll();
    void this.#watch();
  }

  /** Tries a last time. What is in the spool stays there; what is only in memory then is lost. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#tryAll();
    await this.saveAll();
  }

  /** Writes all to the spool that is only in memory, and tells what is lost. Tries no store. */
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

  /** `false` where the owner has moved it, before or just now; then it is not there again. */
  async #put(held: Held, { key, bytes, labels }: UnstoredImage): Promise<boolean> {
    let isStored = false;
    // It may have been there all the same, or on a page, and have been moved from there.
    while (!(await this.#isElsewhere(key))) {
      if (isStored) return true;
      held.mayBeThere = true;
      await this.#store.put(key, bytes, labels, { ifAbsent: true });
      isStored = true;
    }
    if (held.mayBeThere) await this.#store.delete(key);
    return false;
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
    return isTakenDown(this.#store, this.#folders, inPool);
  }

  /** The key under which everybody sees it. */
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
      // That it failed was told at first; what is left to tell is that it is lost.
      if (!(cause instanceof CafeError)) this.#lose(key, cause);
      else if (held.isSpooled) held.picture = undefined;
    }
  }

  #lose(key: string, cause: unknown): void {
    if (this.#held.delete(key)) this.#tellLoss(key, cause);
  }

  #tellLoss(key: string, cause: unknown): void {
    this.#journal.record({ event: 'held_picture_lost', key, cause });
  }
}
