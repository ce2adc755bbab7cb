import { Worker } from 'node:worker_threads';
import type { ReadDocument } from './worker.ts';

const WORKER = new URL('./worker.ts', import.meta.url);
/** Megabytes; ten times what a full sitemap takes. */
const MAX_MEMORY = 512;

/**
 * Reads documents on a thread of its own, which knows nothing of the environment and ends with it. Each is
 * read or not for itself.
 *
 * @param signal ends it early, with its reason
 * @throws Error where the thread ends early
 */
export async function readDocuments(
  documents: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<ReadDocument[]> {
  signal.throwIfAborted();
  const worker = new Worker(WORKER, {
    workerData: documents,
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MAX_MEMORY },
  });
  const { promise, resolve, reject } = Promise.withResolvers<ReadDocument[]>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort);
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', () => reject(new Error('the reader of sitemaps ended without an answer')));
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', abort);
    await worker.terminate();
  }
}
