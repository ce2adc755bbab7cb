import { randomUUID } from 'node:crypto';
import type { Notice } from '../../../domain/kernel/notice.ts';
import type { ObjectStore, WriteCondition } from '../../../domain/storage/object-store.ts';
import { type Condition, IF_ABSENT } from './write.ts';

/** Ceph only accepts ETags without quotes. The standard requires quotes, and Amazon accepts both. */
export const ETAG_FORMS = ['bare', 'quoted'] as const;
export type EtagForm = (typeof ETAG_FORMS)[number];

/** The features of a store. Some stores reject unsupported ones, others ignore them. */
export interface S3StoreFeatures {
  /** `If-None-Match: *` with a put. */
  putsIfAbsent: boolean;
  /** `If-Match` with a put: the form of the ETag; `undefined` if unsupported. */
  formIfMatch: EtagForm | undefined;
  /** Copies with new metadata. */
  copies: boolean;
  /** `If-None-Match: *` with a copy. */
  copiesIfAbsent: boolean;
}

/** After this time the store is tested again, because providers and proxies change. */
const BELIEVED_MS = 3_600_000;

interface FeatureTrial {
  /** @throws CafeError `storage_unavailable` if the trial fails */
  run(): Promise<S3StoreFeatures>;
}

/** Keeps the result of the last trial of the store. */
export class S3KnownFeatures {
  readonly #trial: FeatureTrial;
  readonly #bucket: string;
  readonly #notice: Notice;
  #first: Promise<S3StoreFeatures> | undefined;
  #again: Promise<void> | undefined;
  #known: S3StoreFeatures | undefined;
  #triedAt = 0;
  #hasReported = false;

  /** @param deps.notice called if the store lacks a feature, and on each change */
  constructor(deps: { trial: FeatureTrial; bucket: string; notice: Notice }) {
    this.#trial = deps.trial;
    this.#bucket = deps.bucket;
    this.#notice = deps.notice;
  }

  /**
   * What the store supports. Concurrent calls share the first trial; later trials run in the background.
   *
   * @throws CafeError `storage_unavailable` if the first trial fails; the next call starts another one
   */
  features(): Promise<S3StoreFeatures> {
    if (this.#known) return Promise.resolve(this.#known);
    this.#first ??= this.#try().catch((error: unknown) => {
      this.#first = undefined;
      this.#report(error);
      throw error;
    });
    return this.#first;
  }

  /** A condition in the store's form; `undefined` if the store does not support it. */
  async supportedForm(condition: WriteCondition): Promise<Condition | undefined> {
    const { putsIfAbsent, formIfMatch } = await this.features();
    if ('ifAbsent' in condition) return putsIfAbsent ? IF_ABSENT : undefined;
    return formIfMatch && { IfMatch: etagIn(formIfMatch, condition.ifMatch) };
  }

  /** The last result, if a trial has succeeded. */
  get known(): S3StoreFeatures | undefined {
    return this.#known;
  }

  /**
   * Starts a trial in the background if the last one is an hour old. Called before each purchase, so a store
   * that no longer supports conditions is noticed, and an idle service makes no calls.
   */
  refresh(): void {
    const ageMs = Math.abs(Date.now() - this.#triedAt);
    if (!this.#known || ageMs < BELIEVED_MS) return;
    this.#again ??= this.#try()
      .then(
        () => undefined,
        // The store is unavailable, which the purchase reports. The next purchase tries again.
        () => undefined,
      )
      .finally(() => {
        this.#again = undefined;
      });
  }

  /** Resolves when no trial runs in the background. */
  async ended(): Promise<void> {
    await this.#again;
  }

  async #try(): Promise<S3StoreFeatures> {
    const found = await this.#trial.run();
    const before = this.#known;
    this.#known = found;
    this.#triedAt = Date.now();
    this.#hasReported = false;
    this.#tell(found, before);
    return found;
  }

  /** Reports a failure once until a trial succeeds: each new page fails meanwhile. */
  #report(error: unknown): void {
    if (this.#hasReported) return;
    this.#hasReported = true;
    this.#notice(
      'The image store could not be tested, so new pages get no pictures. Run the doctor',
      { bucket: this.#bucket, error: String((error as Error).cause ?? error) },
    );
  }

  #tell(found: S3StoreFeatures, before: S3StoreFeatures | undefined): void {
    const lacks = lacksOf(found);
    if (lacks.join() === (before ? lacksOf(before).join() : '')) return;
    const message = before ? changeOf(found, before) : lackOf(found);
    this.#notice(message, { bucket: this.#bucket, lacks });
  }
}

function lackOf(can: S3StoreFeatures): string {
  return heedsPuts(can)
    ? 'The image store does not support conditional copies, so fallbacks are read and written instead'
    : 'The image store does not support conditional puts, so replicas may buy the same picture twice';
}

function changeOf(can: S3StoreFeatures, before: S3StoreFeatures): string {
  if (heedsPuts(can)) {
    return heedsPuts(before)
      ? 'The image store supports other features than before'
      : 'The image store supports conditional puts again';
  }
  return 'The image store no longer supports conditional puts, so replicas may buy the same picture twice. Run one replica until the store, or a proxy in front of it, is fixed. The doctor tests it';
}

function heedsPuts({ putsIfAbsent, formIfMatch }: S3StoreFeatures): boolean {
  return putsIfAbsent && formIfMatch !== undefined;
}

/** What a store does not support, in words for the owner. */
export function lacksOf(can: S3StoreFeatures): string[] {
  const lacks: string[] = [];
  if (!can.putsIfAbsent) lacks.push('PUT with If-None-Match');
  if (!can.formIfMatch) lacks.push('PUT with If-Match');
  if (!can.copies) lacks.push('COPY with new labels');
  if (!can.copiesIfAbsent) lacks.push('COPY with If-None-Match');
  return lacks;
}

/** @param etag quoted */
export function etagIn(form: EtagForm, etag: string): string {
  return form === 'bare' ? etag.replaceAll('"', '') : etag;
}

const HOUR_MS = 3_600_000;
/** After a failed trial, a call tries again once this time has passed. */
const AGAIN_MS = 5000;
const LISTINGS_LAG = 'Listings of the image store do not show recent writes';

interface S3FitnessDeps {
  store: Pick<ObjectStore, 'put' | 'list' | 'delete'>;
  scratchPrefix: string;
  offsetMs: () => number;
  notice: Notice;
}

/** Checks if the budget can rely on the store: listings must not lag, and clocks must not differ. */
export class S3Fitness {
  readonly #deps: S3FitnessDeps;
  #listsWrites: Promise<boolean> | undefined;
  #reported: string | undefined;

  /**
   * @param deps.offsetMs the known difference between the store's clock and this machine's
   * @param deps.notice called once per doubt, until the doubt is gone
   */
  constructor(deps: S3FitnessDeps) {
    this.#deps = deps;
  }

  /**
   * The reason why nothing may be bought; `undefined` if there is none. The result is remembered.
   *
   * @throws CafeError `storage_unavailable` if the store cannot be tested
   */
  async doubt(): Promise<string | undefined> {
    const listsWrites = await this.#tried();
    const doubt = this.#clockDoubt() ?? (listsWrites ? undefined : LISTINGS_LAG);
    if (doubt && doubt !== this.#reported) {
      this.#deps.notice(`${doubt}, so nothing is bought`, {});
    }
    this.#reported = doubt;
    return doubt;
  }

  #clockDoubt(): string | undefined {
    const hours = Math.trunc(this.#deps.offsetMs() / HOUR_MS);
    if (hours === 0) return undefined;
    const apart = `${Math.abs(hours)} h ${hours < 0 ? 'ahead of' : 'behind'}`;
    return `This machine's clock is ${apart} the store's`;
  }

  #tried(): Promise<boolean> {
    if (this.#listsWrites) return this.#listsWrites;
    const trial = this.#try();
    this.#listsWrites = trial;
    trial.then(
      (listsWrites) => {
        if (!listsWrites) setTimeout(() => this.#forget(trial), AGAIN_MS).unref();
      },
      () => this.#forget(trial),
    );
    return trial;
  }

  #forget(trial: Promise<boolean>): void {
    if (this.#listsWrites === trial) this.#listsWrites = undefined;
  }

  async #try(): Promise<boolean> {
    const key = `${this.#deps.scratchPrefix}/${randomUUID()}`;
    await this.#deps.store.put(key, Buffer.from('scratch'), { contentType: 'text/plain' });
    try {
      const listed = await Array.fromAsync(this.#deps.store.list(key));
      return listed.length > 0;
    } finally {
      await this.#deps.store.delete(key).catch((error: Error) => {
        const cause = String(error.cause ?? error);
        this.#deps.notice('A temporary object could not be deleted', { error: cause });
      });
    }
  }
}
