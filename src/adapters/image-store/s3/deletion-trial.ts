import { randomUUID } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { STALE_ETAG } from './abilities.ts';
import { within } from './client.ts';
import { statusOf } from './failures.ts';
import { deleteMatchingObject, deleteObject, putObject } from './write.ts';

type EtagForm = (etag: string) => string;

/**
 * Finds out whether the store supports `If-Match` for deletes. Few stores do, and only actions in the admin
 * need it, so the first of them runs the trial.
 */
export class S3DeletionTrial {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #scratchPrefix: string;
  readonly #timeoutMs: number;
  #found: { form: EtagForm; heeds: Promise<boolean> } | undefined;

  constructor(options: {
    client: S3Client;
    bucket: string;
    /** Without a slash at its end. */
    scratchPrefix: string;
    /** Timeout of the whole trial. */
    timeoutMs: number;
  }) {
    this.#client = options.client;
    this.#bucket = options.bucket;
    this.#scratchPrefix = options.scratchPrefix;
    this.#timeoutMs = options.timeoutMs;
  }

  /**
   * @param form converts an ETag to the store's form
   * @throws CafeError `storage_unavailable` if the trial fails; the next call starts another one
   */
  supportsIfMatch(form: EtagForm): Promise<boolean> {
    if (this.#found?.form !== form) {
      const heeds = this.#try(form).catch((error: unknown) => {
        this.#found = undefined;
        throw error;
      });
      this.#found = { form, heeds };
    }
    return this.#found.heeds;
  }

  #try(form: EtagForm): Promise<boolean> {
    const key = `${this.#scratchPrefix}/${randomUUID()}`;
    const input = { Bucket: this.#bucket, Key: key };
    return within(this.#timeoutMs, `try conditional deletions at ${key}`, async (bounds) => {
      const etag = await putObject(this.#client, { ...input, Body: 'scratch' }, bounds);
      const remove = (match: string) =>
        deleteMatchingObject(this.#client, input, form(match), bounds);
      try {
        return !(await remove(STALE_ETAG)) && (await remove(etag ?? ''));
      } catch (error) {
        // After any rejection, the caller can still read and delete in two steps.
        if ((statusOf(error) ?? 500) >= 500 && statusOf(error) !== 501) throw error;
        return false;
      } finally {
        // If this fails, the trial of writes has already reported it.
        await deleteObject(this.#client, input, bounds).catch(() => undefined);
      }
    });
  }
}
