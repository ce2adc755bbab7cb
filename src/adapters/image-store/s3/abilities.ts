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
export const STALE_ETAG = '"d41d8cd98f00b204e9800998ecf8427e"';
const OLD_LABELS: ObjectLabels = { contentType: 'text/plain', metadata: { scratch: 'old' } };
const NEW_LABELS: ObjectLabels = { contentType: 'text/plain', metadata: { scratch: 'new' } };
/** No write that asks what it may do is to wait for longer than this until it is tidy again. */
const MAX_REMOVAL_MS = 3000;

/** Finds out, by trying once, what the bucket's store can do. */
export class S3AbilityTrial {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #scratchPrefix: string;
  readonly #timeoutMs: number;
  readonly #notice: Notice;

  constructor(options: {
    client: S3Client;
    bucket: string;
    /** Where objects are put and deleted again, without a slash at the end. */
    scratchPrefix: string;
    /** Milliseconds for all that is tried. */
    timeoutMs: number;
    /** Hears of scratch objects that could not be deleted. */
    notice: Notice;
  }) {
    this.#client = options.client;
    this.#bucket = options.bucket;
    this.#scratchPrefix = options.scratchPrefix;
    this.#timeoutMs = options.timeoutMs;
    this.#notice = options.notice;
  }

  /**
   * Tries everything once.
   *
   * @throws CafeError `storage_unavailable` where the trial fails
   */
  async run(): Promise<S3Abilities> {
    const used: string[] = [];
    // One key for each thing to try: some stores accept one write of a key per second.
    const nextKey = () => {
      const key = `${this.#scratchPrefix}/${randomUUID()}`;
      used.push(key);
      return key;
    };
    const what = `try conditional writes at ${this.#scratchPrefix}/`;
    const trial = within(this.#timeoutMs, what, (bounds) => this.#tryOut(nextKey, bounds));
    // Also where it fails: what was put may be there all the same.
    await Promise.allSettled([trial]);
    const removals = await Promise.allSettled(used.map((key) => this.#remove(key)));
    const abilities = await trial;
    const failed = removals.find((removal) => removal.status === 'rejected');
    if (failed) {
      const error = String(failed.reason.cause);
      this.#notice('A scratch object could not be deleted', { bucket: this.#bucket, error });
    }
    return abilities;
  }

  #remove(key: string): Promise<void> {
    const input = { Bucket: this.#bucket, Key: key };
    return within(Math.min(this.#timeoutMs, MAX_REMOVAL_MS), `DELETE ${key}`, (bounds) =>
      deleteObject(this.#client, input, bounds),
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
      const input = presentCopy(this.#bucket, source, to, NEW_LABELS);
      return copyObject(this.#client, input, bounds, condition);
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
    const command = new HeadObjectCommand({ Bucket: this.#bucket, Key: key });
    try {
      const { Metadata } = await this.#client.send(command, bounds);
      return Metadata?.scratch === NEW_LABELS.metadata?.scratch;
    } catch (error) {
      // A key that may not look fails elsewhere, with a reason that says more.
      if (statusOf(error) === 403) return true;
      throw error;
    }
  }

  #put(key: string, bounds: CallBounds, condition?: Condition): Promise<string | undefined> {
    const input = { Bucket: this.#bucket, Key: key, Body: 'scratch', ...presentLabels(OLD_LABELS) };
    return putObject(this.#client, input, bounds, condition);
  }
}

/** What a store cannot do, in words for the owner. */
export function lacksOf(can: S3Abilities): string[] {
  return [
    ...(can.putsIfAbsent ? [] : ['PUT with If-None-Match']),
    ...(can.formIfMatch ? [] : ['PUT with If-Match']),
    ...(can.copies ? [] : ['COPY with new labels']),
    ...(can.copiesIfAbsent ? [] : ['COPY with If-None-Match']),
  ];
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
