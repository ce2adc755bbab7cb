import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  DeleteObjectCommand,
  type DeleteObjectCommandInput,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { etagOf, etagOfCopy, PUT_ID } from './answers.ts';
import type { CallBounds } from './client.ts';
import { isConditionFailure, isMissing, statusOf, wasRetried } from './failures.ts';
import { despiteThrottling } from './throttling.ts';

export const IF_ABSENT = { IfNoneMatch: '*' } as const;
/** A condition as a parameter of the SDK, with the ETag in the store's form. */
export type Condition = typeof IF_ABSENT | { IfMatch: string };

const MAX_CONFLICTS = 3;

/** @returns the ETag; `undefined` if the condition does not hold */
export async function putObject(
  client: S3Client,
  input: PutObjectCommandInput,
  bounds: CallBounds,
  condition?: Condition,
): Promise<string | undefined> {
  const send = async (sent: PutObjectCommandInput) =>
    etagOf(await client.send(new PutObjectCommand(sent), bounds));
  if (!condition) return despiteThrottling(bounds, () => send(input));
  try {
    return await sendUnder(condition, client, input, send, bounds);
  } catch (error) {
    // Amazon returns 404 if there is no object that could match.
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** @returns the copy's ETag; `undefined` if the condition does not hold */
export async function copyObject(
  client: S3Client,
  input: CopyObjectCommandInput,
  bounds: CallBounds,
  condition?: typeof IF_ABSENT,
): Promise<string | undefined> {
  const send = async (sent: CopyObjectCommandInput) =>
    etagOfCopy(await client.send(new CopyObjectCommand(sent), bounds));
  if (condition) return sendUnder(condition, client, input, send, bounds);
  return despiteThrottling(bounds, () => send(input));
}

/** Deletes an object. Succeeds if it does not exist. */
export async function deleteObject(
  client: S3Client,
  input: DeleteObjectCommandInput,
  bounds: CallBounds,
): Promise<void> {
  try {
    await despiteThrottling(bounds, () => client.send(new DeleteObjectCommand(input), bounds));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/**
 * Deletes an object if it has this ETag.
 *
 * @param etag in the store's form
 * @returns `false` if the object is missing, has another ETag, or is being written
 */
export async function deleteMatchingObject(
  client: S3Client,
  input: DeleteObjectCommandInput,
  etag: string,
  bounds: CallBounds,
): Promise<boolean> {
  const command = new DeleteObjectCommand({ ...input, IfMatch: etag });
  try {
    await despiteThrottling(bounds, () => client.send(command, bounds));
    return true;
  } catch (error) {
    if (isConditionFailure(error) || isMissing(error) || statusOf(error) === 409) return false;
    throw error;
  }
}

type Write = Pick<PutObjectCommandInput, 'Bucket' | 'Key' | 'Metadata'>;

/** Sends a conditional write. Retries if it conflicts with another write of the same key. */
async function sendUnder<T extends Write>(
  condition: Condition,
  client: S3Client,
  input: T,
  send: (input: T) => Promise<string>,
  bounds: CallBounds,
): Promise<string | undefined> {
  const id = randomUUID();
  const sent = { ...input, ...condition, Metadata: { ...input.Metadata, [PUT_ID]: id } };
  let retried = false;
  const attempt = async () => {
    try {
      return await send(sent);
    } catch (error) {
      retried ||= wasRetried(error);
      throw error;
    }
  };
  for (let conflicts = 0; ; conflicts++) {
    try {
      return await despiteThrottling(bounds, attempt);
    } catch (error) {
      if (isConditionFailure(error)) {
        // An earlier attempt may have succeeded although its response was lost.
        return retried ? await etagOfWrite(id, client, input, bounds) : undefined;
      }
      if (statusOf(error) !== 409 || conflicts === MAX_CONFLICTS) throw error;
    }
    const pauseMs = randomInt(20, 120) * (conflicts + 1);
    await sleep(pauseMs, undefined, { signal: bounds.abortSignal });
  }
}

/** The ETag of the object if the write with this ID created it. */
async function etagOfWrite(
  id: string,
  client: S3Client,
  { Bucket, Key }: Write,
  bounds: CallBounds,
): Promise<string | undefined> {
  try {
    const answer = await client.send(new HeadObjectCommand({ Bucket, Key }), bounds);
    return answer.Metadata?.[PUT_ID] === id ? etagOf(answer) : undefined;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}
