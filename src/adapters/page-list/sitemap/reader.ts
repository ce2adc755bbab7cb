import { Worker } from 'node:worker_threads';
import type { ReadDocument } from './worker.ts';

const WORKER = new URL('./worker.ts', import.meta.url);
/** Megabytes: ten times the need of a sitemap of maximum size. */
const MAX_MEMORY = 512;

/**
 * Parses documents on a separate thread without access to environment variables. A document that cannot be
 * read does not affect the others.
 *
 * @param signal aborts with its reason
 * @throws Error if the thread ends early
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
  worker.once('exit', () =>
    reject(new Error('the thread that parses sitemaps ended without a result')),
  );
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', abort);
    await worker.terminate();
  }
}
