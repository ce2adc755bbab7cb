import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallBounds } from './client.ts';
import { isThrottled, retryAfterOf } from './failures.ts';

/** Cloudflare R2 and Google accept one write of a key per second. The SDK repeats sooner than that. */
const PAUSE_MS = 1000;
const JITTER_MS = 250;
const MAX_PAUSE_MS = 10_000;
/** A store that throttles everything is not waited for much longer than one that is away. */
const MAX_PAUSES = 5;

/** Repeats a write that the store throttles, five times at most and only as long as `bounds` allow. */
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
