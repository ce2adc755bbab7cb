import { randomUUID } from 'node:crypto';
import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Notice } from '../../../domain/kernel/notice.ts';
import type { ObjectLabels, WriteCondition } from '../../../domain/storage/object-store.ts';
import { presentCopy, presentLabels } from './answers.ts';
import { type CallBounds, within } from './client.ts';
import { isUnsupported, statusOf } from './failures.ts';
import { type Condition, copyObject, deleteObject, IF_ABSENT, putObject } from './write.ts';

/** Which features a store has. Some stores refuse what they lack, others ignore it. */
export interface S3Abilities {
  /** `If-None-Match: *` with a put. */
  putsIfAbsent: boolean;
  /** `If-Match` with a put: how a quoted ETag is written there; absent where it is not heeded. */
  formIfMatch: ((etag: string) => string) | undefined;
  /** Copies that get labels of their own. */
  copies: boolean;
  /** `If-None-Match: *` with a copy. */
  copiesIfAbsent: boolean;
}

/** Ceph knows its ETags without quotes only; the standard has them quoted, and Amazon takes both. */
const ETAG_FORMS = [(etag: string) => etag.replaceAll('"', ''), (etag: string) => etag];
/** That of an empty object, so never one of ours. */
const STALE_ETAG = '"d41d8cd98f00b204e9800998ecf8427e"';
const OLD_LABELS: ObjectLabels = { contentType: 'text/plain', metadata: { scratch: 'old' } };
const NEW_LABELS: ObjectLabels = { contentType: 'text/plain', metadata: { scratch: 'new' } };
/** No write that asks what it may do is to wait for longer than this until it is tidy again. */
const MAX_REMOVAL_MS = 3000;

interface S3AbilityTrialOptions {
  client: S3Client;
  bucket: string;
  /** Where objects are put and deleted again, without a slash at the end. */
  scratchPrefix: string;
  /** Milliseconds for all that is tried. */
  timeoutMs: number;
  /** Hears, once, of what the store cannot do. */
  notice: Notice;
}

/** Finds out, by trying once, what the bucket's store can do. */
export class S3AbilityTrial {
  readonly #options: S3AbilityTrialOptions;
  #found: Promise<S3Abilities> | undefined;
  #known: S3Abilities | undefined;
  #hasReported = false;

  constructor(options: S3AbilityTrialOptions) {
    this.#options = options;
  }

  /**
   * What the store can do. All who ask wait for one trial.
   *
   * @throws CafeError `storage_unavailable` where the trial fails; whoever asks next begins another
   */
  abilities(): Promise<S3Abilities> {
    this.#found ??= this.#find().catch((error: unknown) => {
      this.#found = undefined;
      this.#report(error);
      throw error;
    });
    return this.#found;
  }

  /** What is known by now. */
  get known(): S3Abilities | undefined {
    return this.#known;
  }

  /** Once until it succeeds: every new page fails with it meanwhile. */
  #report(error: unknown): void {
    if (this.#hasReported) return;
    this.#hasReported = true;
    this.#options.notice(
      'The store could not be tested, so no new page gets a picture until it can: run the doctor',
      { bucket: this.#options.bucket, error: String((error as Error).cause ?? error) },
    );
  }

  async #find(): Promise<S3Abilities> {
    const used: string[] = [];
    // One key for each thing to try: some stores accept one write of a key per second.
    const nextKey = () => {
      const key = `${this.#options.scratchPrefix}/${randomUUID()}`;
      used.push(key);
      return key;
    };
    const what = `try conditional writes at ${this.#options.scratchPrefix}/`;
    const trial = within(this.#options.timeoutMs, what, (bounds) => this.#tryOut(nextKey, bounds));
    // Also where it fails: what was put may be there all the same.
    await Promise.allSettled([trial]);
    const removals = await Promise.allSettled(used.map((key) => this.#remove(key)));
    const abilities = await trial;
    this.#known = abilities;
    this.#hasReported = false;
    const failed = removals.find((removal) => removal.status === 'rejected');
    if (failed) {
      const error = String(failed.reason.cause);
      this.#options.notice('A scratch object could not be deleted', {
        bucket: this.#options.bucket,
        error,
      });
    }
    this.#tellLacks(abilities);
    return abilities;
  }

  #remove(key: string): Promise<void> {
    const input = { Bucket: this.#options.bucket, Key: key };
    return within(Math.min(this.#options.timeoutMs, MAX_REMOVAL_MS), `DELETE ${key}`, (bounds) =>
      deleteObject(this.#options.client, input, bounds),
    );
  }

  async #tryOut(nextKey: () => string, bounds: CallBounds): Promise<S3Abilities> {
    const trials = [
      this.#tryPutsIfAbsent(nextKey, bounds),
      this.#tryFormsIfMatch(nextKey, bounds),
      this.#tryCopies(nextKey, bounds),
    ] as const;
    // None is to go on behind the tidying up.
    await Promise.allSettled(trials);
    const [putsIfAbsent, formIfMatch, copying] = await Promise.all(trials);
    return { putsIfAbsent, formIfMatch, ...copying };
  }

  /** Done when it should be, and refused when it should be. */
  #tryPutsIfAbsent(nextKey: () => string, bounds: CallBounds): Promise<boolean> {
    const key = nextKey();
    const put = () => this.#put(key, bounds, IF_ABSENT);
    return isSupported(async () => Boolean(await put()) && !(await put()));
  }

  /** Its plain puts also prove that a refusal of others is about their condition. */
  async #tryFormsIfMatch(
    nextKey: () => string,
    bounds: CallBounds,
  ): Promise<S3Abilities['formIfMatch']> {
    for (const form of ETAG_FORMS) {
      const [stale, current] = [nextKey(), nextKey()];
      const [, etag = ''] = await Promise.all([
        this.#put(stale, bounds),
        this.#put(current, bounds),
      ]);
      const isHeeded = await isSupported(
        async () =>
          !(await this.#put(stale, bounds, { IfMatch: form(STALE_ETAG) })) &&
          Boolean(await this.#put(current, bounds, { IfMatch: form(etag) })),
      );
      if (isHeeded) return form;
    }
    return undefined;
  }

  async #tryCopies(
    nextKey: () => string,
    bounds: CallBounds,
  ): Promise<Pick<S3Abilities, 'copies' | 'copiesIfAbsent'>> {
    const [source, target, plain] = [nextKey(), nextKey(), nextKey()];
    await this.#put(source, bounds);
    const copy = (to: string, condition?: typeof IF_ABSENT) => {
      const input = presentCopy(this.#options.bucket, source, to, NEW_LABELS);
      return copyObject(this.#options.client, input, bounds, condition);
    };
    const copies = await isSupported(async () => {
      await copy(plain);
      return this.#hasNewLabels(plain, bounds);
    });
    if (!copies) return { copies, copiesIfAbsent: false };
    const copyIfAbsent = () => copy(target, IF_ABSENT);
    const copiesIfAbsent = await isSupported(
      async () => Boolean(await copyIfAbsent()) && !(await copyIfAbsent()),
    );
    return { copies, copiesIfAbsent };
  }

  async #hasNewLabels(key: string, bounds: CallBounds): Promise<boolean> {
    const command = new HeadObjectCommand({ Bucket: this.#options.bucket, Key: key });
    try {
      const { Metadata } = await this.#options.client.send(command, bounds);
      return Metadata?.scratch === NEW_LABELS.metadata?.scratch;
    } catch (error) {
      // A key that may not look fails elsewhere, with a reason that says more.
      if (statusOf(error) === 403) return true;
      throw error;
    }
  }

  #put(key: string, bounds: CallBounds, condition?: Condition): Promise<string | undefined> {
    const input = {
      Bucket: this.#options.bucket,
      Key: key,
      Body: 'scratch',
      ...presentLabels(OLD_LABELS),
    };
    return putObject(this.#options.client, input, bounds, condition);
  }

  #tellLacks({ putsIfAbsent, formIfMatch, copies, copiesIfAbsent }: S3Abilities): void {
    const lacks = [
      ...(putsIfAbsent ? [] : ['PUT with If-None-Match']),
      ...(formIfMatch ? [] : ['PUT with If-Match']),
      ...(copies ? [] : ['COPY with new labels']),
      ...(copiesIfAbsent ? [] : ['COPY with If-None-Match']),
    ];
    if (lacks.length === 0) return;
    const message =
      putsIfAbsent && formIfMatch
        ? 'The store lacks conditional copies: fallbacks are read and put instead'
        : "The store lacks conditional puts: replicas may make a page's picture twice";
    this.#options.notice(message, { bucket: this.#options.bucket, lacks });
  }
}

/** Whether the store does what is asked for, rather than refuse or ignore it. */
async function isSupported(proof: () => Promise<boolean>): Promise<boolean> {
  try {
    return await proof();
  } catch (error) {
    if (isUnsupported(error)) return false;
    throw error;
  }
}

/** A condition as the store understands it, `undefined` where it does not. */
export function heededForm(condition: WriteCondition, can: S3Abilities): Condition | undefined {
  if ('ifAbsent' in condition) return can.putsIfAbsent ? IF_ABSENT : undefined;
  return can.formIfMatch && { IfMatch: can.formIfMatch(condition.ifMatch) };
}
