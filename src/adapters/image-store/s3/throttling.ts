import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallBounds } from './client.ts';
import { isThrottled, retryAfterOf } from './failures.ts';

/** Cloudflare R2 and Google accept one write of a key per second. The SDK retries too soon for that. */
const PAUSE_MS = 1000;
const JITTER_MS = 250;
const MAX_PAUSE_MS = 10_000;
/** Limits the wait for a store that throttles everything. */
const MAX_PAUSES = 5;

/** Retries a throttled write, at most five times and within `bounds`. */
export async function despiteThrottling<T>(
  bounds: CallBounds,
  write: () => Promise<T>,
): Promise<T> {
  for (let pauses = 0; ; pauses += 1) {
    try {
      return await write();
    } catch (error) {
      const isOver = pauses === MAX_PAUSES || bounds.abortSignal.aborted;
      if (isOver || !isThrottled(error)) throw error;
      const pauseMs = Math.min(retryAfterOf(error) ?? PAUSE_MS, MAX_PAUSE_MS);
      await sleep(pauseMs + randomInt(JITTER_MS), undefined, { signal: bounds.abortSignal });
    }
  }
}
