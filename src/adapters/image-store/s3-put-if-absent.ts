import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { CallBounds } from './s3-client.ts';
import { statusOf, wasRetried } from './s3-failures.ts';

/** Metadata by which a put recognises its own object. Nobody outside the adapter gets to see it. */
export const PUT_ID = 'cafe-put-id';
const MOST_CONFLICTS = 3;

/** Puts an object where there is none; `unsupported` by stores that know no conditional puts. */
export async function putIfAbsent(
  client: S3Client,
  input: PutObjectCommandInput,
  bounds: CallBounds,
): Promise<'stored' | 'exists' | 'unsupported'> {
  const id = randomUUID();
  const Metadata = { ...input.Metadata, [PUT_ID]: id };
  const command = new PutObjectCommand({ ...input, Metadata, IfNoneMatch: '*' });
  const refusal = await refusalOf(client, command, bounds);
  if (!refusal) return 'stored';
  const { error, retried } = refusal;
  switch (statusOf(error)) {
    case 412: {
      // What is there may be what an attempt has put whose answer was lost.
      const ours = retried && (await putIdAt(client, input, bounds)) === id;
      return ours ? 'stored' : 'exists';
    }
    case 501:
      return 'unsupported';
    default:
      throw error;
  }
}

/** Sends the put, again where another one of the same key is under way; `undefined` once stored. */
async function refusalOf(
  client: S3Client,
  command: PutObjectCommand,
  bounds: CallBounds,
): Promise<{ error: unknown; retried: boolean } | undefined> {
  let retried = false;
  for (let conflicts = 0; ; conflicts++) {
    try {
      await client.send(command, bounds);
      return undefined;
    } catch (error) {
      retried ||= wasRetried(error);
      if (statusOf(error) !== 409 || conflicts === MOST_CONFLICTS) return { error, retried };
    }
    const pauseMs = randomInt(20, 120) * (conflicts + 1);
    await sleep(pauseMs, undefined, { signal: bounds.abortSignal });
  }
}

async function putIdAt(
  client: S3Client,
  { Bucket, Key }: PutObjectCommandInput,
  bounds: CallBounds,
): Promise<string | undefined> {
  const answer = await client.send(new HeadObjectCommand({ Bucket, Key }), bounds);
  return answer.Metadata?.[PUT_ID];
}
