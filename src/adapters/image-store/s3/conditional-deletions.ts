import { randomUUID } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { statusOf, within } from './calls.ts';
import { STALE_ETAG } from './feature-trial.ts';
import { type EtagForm, etagIn, type S3StoreFeatures } from './store-features.ts';
import { deleteMatchingObject, deleteObject, putObject } from './write.ts';

/**
 * Deletes objects with `If-Match`. Few stores support this, and only actions in the admin and claims without
 * result need it. So the first of them runs the trial. It is repeated after each new trial of the store.
 */
export class S3ConditionalDeletions {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #scratchPrefix: string;
  readonly #timeoutMs: number;
  #found: { can: S3StoreFeatures; heeds: Promise<boolean> } | undefined;

  constructor(options: {
    client: S3Client;
    bucket: string;
    /** Without a slash at the end. */
    scratchPrefix: string;
    /** Timeout of the whole trial, and of a deletion, in milliseconds. */
    timeoutMs: number;
  }) {
    this.#client = options.client;
    this.#bucket = options.bucket;
    this.#scratchPrefix = options.scratchPrefix;
    this.#timeoutMs = options.timeoutMs;
  }

  /**
   * @param can the known features of the store
   * @throws CafeError `storage_unavailable`
   */
  async delete(
    key: string,
    etag: string,
    can: S3StoreFeatures,
  ): Promise<'deleted' | 'changed' | 'unsupported'> {
    const { formIfMatch: form } = can;
    if (!form || !(await this.#areHeeded(can, form))) return 'unsupported';
    const input = { Bucket: this.#bucket, Key: key };
    const isDeleted = await within(this.#timeoutMs, `DELETE ${key}`, (bounds) =>
      deleteMatchingObject(this.#client, input, etagIn(form, etag), bounds),
    );
    return isDeleted ? 'deleted' : 'changed';
  }

  /** If the trial fails, the next caller starts another one. */
  #areHeeded(can: S3StoreFeatures, form: EtagForm): Promise<boolean> {
    if (this.#found?.can !== can) {
      const heeds = this.#try(form).catch((error: unknown) => {
        this.#found = undefined;
        throw error;
      });
      this.#found = { can, heeds };
    }
    return this.#found.heeds;
  }

  #try(form: EtagForm): Promise<boolean> {
    const key = `${this.#scratchPrefix}/${randomUUID()}`;
    const input = { Bucket: this.#bucket, Key: key };
    return within(this.#timeoutMs, `try conditional deletions at ${key}`, async (bounds) => {
      const etag = await putObject(this.#client, { ...input, Body: 'scratch' }, bounds);
      const remove = (match: string) =>
        deleteMatchingObject(this.#client, input, etagIn(form, match), bounds);
      try {
        return !(await remove(STALE_ETAG)) && (await remove(etag ?? ''));
      } catch (error) {
        // After any rejection, the caller can still claim the page first.
        if ((statusOf(error) ?? 500) >= 500 && statusOf(error) !== 501) throw error;
        return false;
      } finally {
        // If this fails, the trial of writes has already reported it.
        await deleteObject(this.#client, input, bounds).catch(() => undefined);
      }
    });
  }
}
