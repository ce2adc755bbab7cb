import { randomUUID } from 'node:crypto';
import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Notice } from '../../../domain/kernel/notice.ts';
import type { ObjectLabels } from '../../../domain/storage/object-store.ts';
import { type CallBounds, isUnsupported, statusOf, within } from './calls.ts';
import { ETAG_FORMS, type EtagForm, etagIn, type S3StoreFeatures } from './store-features.ts';
import {
  type Condition,
  copyObject,
  deleteObject,
  IF_ABSENT,
  presentCopy,
  presentLabels,
  putObject,
} from './write.ts';

/** The ETag of an empty object. No scratch object has it, because none is empty. */
export const STALE_ETAG = '"d41d8cd98f00b204e9800998ecf8427e"';
const OLD_LABELS: ObjectLabels = { contentType: 'text/plain', metadata: { scratch: 'old' } };
const NEW_LABELS: ObjectLabels = { contentType: 'text/plain', metadata: { scratch: 'new' } };
/** The first conditional write waits at most this long for the removal of scratch objects. */
const MAX_REMOVAL_MS = 3000;

interface S3FeatureTrialOptions {
  client: S3Client;
  bucket: string;
  /** Prefix of the scratch objects, without a slash at its end. */
  scratchPrefix: string;
  /** Timeout of the whole trial. */
  timeoutMs: number;
  /** Called if a scratch object could not be deleted. */
  notice: Notice;
}

/** Finds out the store's features by trying them once. */
export class S3FeatureTrial {
  readonly #options: S3FeatureTrialOptions;

  constructor(options: S3FeatureTrialOptions) {
    this.#options = options;
  }

  /** @throws CafeError `storage_unavailable` if the trial fails */
  async run(): Promise<S3StoreFeatures> {
    const used: string[] = [];
    // A separate key for each feature, because some stores accept only one write of a key per second.
    const nextKey = () => {
      const key = `${this.#options.scratchPrefix}/${randomUUID()}`;
      used.push(key);
      return key;
    };
    const what = `try conditional writes at ${this.#options.scratchPrefix}/`;
    const trial = within(this.#options.timeoutMs, what, (bounds) => this.#tryOut(nextKey, bounds));
    // Clean up even after a failure: some writes may still have succeeded.
    await Promise.allSettled([trial]);
    const removals = await Promise.allSettled(used.map((key) => this.#remove(key)));
    const features = await trial;
    const failed = removals.find((removal) => removal.status === 'rejected');
    if (failed) {
      const error = String(failed.reason.cause);
      this.#options.notice('A temporary object could not be deleted', {
        bucket: this.#options.bucket,
        error,
      });
    }
    return features;
  }

  #remove(key: string): Promise<void> {
    const input = { Bucket: this.#options.bucket, Key: key };
    return within(Math.min(this.#options.timeoutMs, MAX_REMOVAL_MS), `DELETE ${key}`, (bounds) =>
      deleteObject(this.#options.client, input, bounds),
    );
  }

  async #tryOut(nextKey: () => string, bounds: CallBounds): Promise<S3StoreFeatures> {
    const trials = [
      this.#tryPutsIfAbsent(nextKey, bounds),
      this.#tryFormsIfMatch(nextKey, bounds),
      this.#tryCopies(nextKey, bounds),
    ] as const;
    // All must end before the clean-up starts.
    await Promise.allSettled(trials);
    const [putsIfAbsent, formIfMatch, copying] = await Promise.all(trials);
    return { putsIfAbsent, formIfMatch, ...copying };
  }

  /** The first write must succeed, the second one must fail its condition. */
  #tryPutsIfAbsent(nextKey: () => string, bounds: CallBounds): Promise<boolean> {
    const key = nextKey();
    const put = () => this.#put(key, bounds, IF_ABSENT);
    return isSupported(async () => Boolean(await put()) && !(await put()));
  }

  /** The unconditional puts also prove that a rejection is caused by the condition. */
  async #tryFormsIfMatch(nextKey: () => string, bounds: CallBounds): Promise<EtagForm | undefined> {
    for (const form of ETAG_FORMS) {
      const [stale, current] = [nextKey(), nextKey()];
      const [, etag = ''] = await Promise.all([
        this.#put(stale, bounds),
        this.#put(current, bounds),
      ]);
      const isHeeded = await isSupported(
        async () =>
          !(await this.#put(stale, bounds, { IfMatch: etagIn(form, STALE_ETAG) })) &&
          Boolean(await this.#put(current, bounds, { IfMatch: etagIn(form, etag) })),
      );
      if (isHeeded) return form;
    }
    return undefined;
  }

  async #tryCopies(
    nextKey: () => string,
    bounds: CallBounds,
  ): Promise<Pick<S3StoreFeatures, 'copies' | 'copiesIfAbsent'>> {
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
      // An access key without read permission fails elsewhere, with a better message.
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
}

/** Whether the store supports a feature, rather than rejecting or ignoring it. */
async function isSupported(proof: () => Promise<boolean>): Promise<boolean> {
  try {
    return await proof();
  } catch (error) {
    if (isUnsupported(error)) return false;
    throw error;
  }
}
