import type { Clock } from '../kernel/clock.ts';
import { BackgroundTasks, Semaphore } from '../kernel/concurrency.ts';
import type { Journal } from '../monitoring/journal.ts';
import type { ImageKeys, PoolImage, RenditionForm } from '../storage/image-keys.ts';
import type { ImageStore } from '../storage/image-store.ts';
import { FOREVER, type Renditions } from './image-labels.ts';
import type { MadeRenditions, RenditionMaker } from './rendition-maker.ts';

/** A decoded image takes tens of megabytes. */
const AT_ONCE = 1;

/** Renditions that are made and not stored yet. */
export interface UnstoredRenditions {
  renditions: Renditions;
  files: readonly { key: string; bytes: Uint8Array; contentType: string }[];
}

interface Deps {
  maker: RenditionMaker;
  store: ImageStore;
  keys: ImageKeys;
  clock: Clock;
  journal: Journal;
  /** Two separate timeouts: for making the files, then for storing them. Readers may wait for both. */
  timeoutMs: number;
}

/** Makes an image's renditions once and stores them with it. */
export class MakeRenditions {
  readonly #deps: Deps;
  readonly #slots = new Semaphore(AT_ONCE);
  readonly #underWay = new BackgroundTasks();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Makes the renditions in memory; `undefined` on failure or timeout. Never throws: an image is
   * useful without renditions.
   */
  async make(of: PoolImage, png: Uint8Array): Promise<UnstoredRenditions | undefined> {
    const expiry = new AbortController();
    try {
      const making = this.#makeInTurn(png, expiry.signal);
      this.#underWay.add(making.then(done, done));
      return this.#unstored(of, await this.#inTime(making));
    } catch (cause) {
      expiry.abort(cause);
      this.#tell(of, cause);
      return undefined;
    }
  }

  /** Whether all are stored within the timeout. Never throws, like {@link make}. */
  async store({ renditions, files }: UnstoredRenditions): Promise<boolean> {
    const puts = files.map(({ key, bytes, contentType }) =>
      this.#deps.store.put(key, bytes, { contentType, cacheControl: FOREVER }),
    );
    this.#underWay.add(Promise.allSettled(puts).then(done));
    try {
      await this.#inTime(Promise.all(puts));
      return true;
    } catch (cause) {
      this.#tell(renditions.of, cause);
      return false;
    }
  }

  /** Resolves when nothing is being made or stored, including work past its timeout. */
  finished(): Promise<void> {
    return this.#underWay.ended();
  }

  #inTime<T>(work: Promise<T>): Promise<T> {
    const expired = this.#deps.clock.sleep(this.#deps.timeoutMs).then((): never => {
      throw new Error(`Renditions took more than ${this.#deps.timeoutMs} ms`);
    });
    return Promise.race([work, expired]);
  }

  #tell(picture: PoolImage, cause: unknown): void {
    const key = this.#deps.keys.dated(picture);
    this.#deps.journal.record({ event: 'renditions_failed', key, cause });
  }

  async #makeInTurn(png: Uint8Array, signal: AbortSignal): Promise<MadeRenditions> {
    await this.#slots.enter();
    try {
      signal.throwIfAborted();
      return await this.#deps.maker.make(png);
    } finally {
      this.#slots.leave();
    }
  }

  #unstored(of: PoolImage, { webps, card, thumbhash }: MadeRenditions): UnstoredRenditions {
    const file = (form: RenditionForm, bytes: Uint8Array, contentType: string) => ({
      key: this.#deps.keys.rendition(of, form),
      bytes,
      contentType,
    });
    return {
      renditions: { of, widths: webps.map(({ width }) => width), thumbhash },
      files: [
        ...webps.map(({ width, bytes }) => file(width, bytes, 'image/webp')),
        file('card', card, 'image/jpeg'),
      ],
    };
  }
}

function done(): void {}
