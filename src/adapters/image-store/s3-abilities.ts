import { randomUUID } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Notice } from '../../domain/ports/journal.ts';
import { presentCopy } from './s3-answers.ts';
import { type CallBounds, within } from './s3-client.ts';
import { statusOf } from './s3-failures.ts';
import { type Condition, copyObject, deleteObject, IF_ABSENT, putObject } from './s3-write.ts';

/** Which conditions on writes a store heeds, rather than refuse or, worse, ignore them. */
export interface S3Abilities {
  /** `If-None-Match: *` with a put. */
  putsIfAbsent: boolean;
  /** `If-Match` with a put: how a quoted ETag is written there; absent where it is not heeded. */
  formIfMatch: ((etag: string) => string) | undefined;
  /** `If-None-Match: *` with a copy. */
  copiesIfAbsent: boolean;
}

/** Ceph knows its ETags without quotes only; the standard has them quoted, and Amazon takes both. */
const ETAG_FORMS = [(etag: string) => etag.replaceAll('"', ''), (etag: string) => etag];
/** That of an empty object, so never one of ours. */
const STALE_ETAG = '"d41d8cd98f00b204e9800998ecf8427e"';
const CONTENT = { Body: 'scratch', ContentType: 'text/plain' };
/** No write that asks what it may do is to wait for longer than this until it is tidy again. */
const MOST_REMOVAL_MS = 3000;

/** Finds out, by trying once, what the bucket's store can do. */
export class S3AbilityTrial {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #scratchPrefix: string;
  readonly #timeoutMs: number;
  readonly #notice: Notice;
  #found: Promise<S3Abilities> | undefined;

  constructor(options: {
    client: S3Client;
    bucket: string;
    /** Where objects are put and deleted again, without a slash at the end. */
    scratchPrefix: string;
    /** Milliseconds for all that is tried. */
    timeoutMs: number;
    /** Hears, once, of what the store cannot do. */
    notice: Notice;
  }) {
    this.#client = options.client;
    this.#bucket = options.bucket;
    this.#scratchPrefix = options.scratchPrefix;
    this.#timeoutMs = options.timeoutMs;
    this.#notice = options.notice;
  }

  /**
   * What the store can do. All who ask wait for one trial.
   *
   * @throws CafeError `storage_unavailable` where the trial fails; whoever asks next begins another
   */
  abilities(): Promise<S3Abilities> {
    this.#found ??= this.#find().catch((error: unknown) => {
      this.#found = undefined;
      throw error;
    });
    return this.#found;
  }

  async #find(): Promise<S3Abilities> {
    const key = `${this.#scratchPrefix}/${randomUUID()}`;
    const copyKey = `${key}-copy`;
    const trial = within(this.#timeoutMs, `try conditional writes at ${key}`, (bounds) =>
      this.#tryOut(key, copyKey, bounds),
    );
    // Also where it fails: what was put may be there all the same.
    await Promise.allSettled([trial]);
    const removals = await Promise.allSettled([this.#remove(key), this.#remove(copyKey)]);
    const abilities = await trial;
    for (const removal of removals) {
      if (removal.status === 'fulfilled') continue;
      const error = String(removal.reason.cause);
      this.#notice('A scratch object could not be deleted', { bucket: this.#bucket, error });
    }
    this.#tellLacks(abilities);
    return abilities;
  }

  #remove(key: string): Promise<void> {
    const input = { Bucket: this.#bucket, Key: key };
    return within(Math.min(this.#timeoutMs, MOST_REMOVAL_MS), `DELETE ${key}`, (bounds) =>
      deleteObject(this.#client, input, bounds),
    );
  }

  async #tryOut(key: string, copyKey: string, bounds: CallBounds): Promise<S3Abilities> {
    const input = { Bucket: this.#bucket, Key: key, ...CONTENT };
    const copyInput = presentCopy(this.#bucket, key, copyKey, { contentType: 'text/plain' });
    let etag = '';
    const put = async (condition?: Condition) => {
      const stored = await putObject(this.#client, input, bounds, condition);
      etag = stored ?? etag;
      return stored !== undefined;
    };
    const copy = async () =>
      (await copyObject(this.#client, copyInput, bounds, IF_ABSENT)) !== undefined;

    // Done when it should be, and refused when it should be.
    const putsIfAbsent = await isHeeded(
      async () => (await put(IF_ABSENT)) && !(await put(IF_ABSENT)),
    );
    if (etag === '') await put();
    let formIfMatch: S3Abilities['formIfMatch'];
    for (const form of ETAG_FORMS) {
      const putOver = (expected: string) => put({ IfMatch: form(expected) });
      if (await isHeeded(async () => !(await putOver(STALE_ETAG)) && (await putOver(etag)))) {
        formIfMatch = form;
        break;
      }
    }
    const copiesIfAbsent = await isHeeded(async () => (await copy()) && !(await copy()));
    return { putsIfAbsent, formIfMatch, copiesIfAbsent };
  }

  #tellLacks({ putsIfAbsent, formIfMatch, copiesIfAbsent }: S3Abilities): void {
    const lacks = [
      ...(putsIfAbsent ? [] : ['PUT with If-None-Match']),
      ...(formIfMatch ? [] : ['PUT with If-Match']),
      ...(copiesIfAbsent ? [] : ['COPY with If-None-Match']),
    ];
    if (lacks.length === 0) return;
    const message =
      putsIfAbsent && formIfMatch
        ? 'The store lacks conditional copies: fallbacks are read and put instead'
        : "The store lacks conditional puts: replicas may make a page's picture twice";
    this.#notice(message, { bucket: this.#bucket, lacks });
  }
}

async function isHeeded(proof: () => Promise<boolean>): Promise<boolean> {
  try {
    return await proof();
  } catch (error) {
    // Stores that know a condition only by name are honest about it.
    if (statusOf(error) === 501) return false;
    throw error;
  }
}
