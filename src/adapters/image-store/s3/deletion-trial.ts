import { randomUUID } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { STALE_ETAG } from './abilities.ts';
import { within } from './client.ts';
import { statusOf } from './failures.ts';
import { deleteMatchingObject, deleteObject, putObject } from './write.ts';

type EtagForm = (etag: string) => string;

/**
 * Finds out whether the store heeds `If-Match` with a deletion. Few stores do, and only the owner's acts
 * need it, so it is tried at the first of them instead of at the start.
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
    /** Without a slash at the end. */
    scratchPrefix: string;
    /** Milliseconds for all that is tried. */
    timeoutMs: number;
  }) {
    this.#client = options.client;
    this.#bucket = options.bucket;
    this.#scratchPrefix = options.scratchPrefix;
    this.#timeoutMs = options.timeoutMs;
  }

  /**
   * @param form how the store wants an ETag to be written
   * @throws CafeError `storage_unavailable` where the trial fails; the next caller begins another
   */
  heedIfMatch(form: EtagForm): Promise<boolean> {
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
        // Whatever it is that the store has against it, the other way is left.
        if ((statusOf(error) ?? 500) >= 500 && statusOf(error) !== 501) throw error;
        return false;
      } finally {
        // Where it cannot be deleted, the trial of writes has said so at the start.
        await deleteObject(this.#client, input, bounds).catch(() => undefined);
      }
    });
  }
}
