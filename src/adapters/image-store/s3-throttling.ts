import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallBounds } from './s3-client.ts';
import { isThrottled, retryAfterOf } from './s3-failures.ts';

/** Cloudflare R2 and Google accept one write of a key per second. The SDK repeats sooner than that. */
const PAUSE_MS = 1000;
const JITTER_MS = 250;
const MOST_PAUSE_MS = 10_000;

/** Repeats a write that the store throttles, for as long as `bounds` allow. */
export async function despiteThrottling<T>(
  bounds: CallBounds,
  write: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!isThrottled(error) || bounds.abortSignal.aborted) throw error;
      const pauseMs = Math.min(retryAfterOf(error) ?? PAUSE_MS, MOST_PAUSE_MS);
      await sleep(pauseMs + randomInt(JITTER_MS), undefined, { signal: bounds.abortSignal });
    }
  }
}
