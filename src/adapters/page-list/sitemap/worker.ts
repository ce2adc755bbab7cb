import { parentPort, workerData } from 'node:worker_threads';
import { readDocument, type SitemapDocument } from './document.ts';

/** A document, or why it could not be read. */
export type ReadDocument = SitemapDocument | { wrong: string };

/** Runs on a worker thread: parsing a large sitemap takes a second or two. See `reader.ts`. */
parentPort?.postMessage((workerData as Uint8Array[]).map(readOne));

function readOne(bytes: Uint8Array): ReadDocument {
  try {
    return readDocument(bytes);
  } catch (error) {
    return { wrong: (error as Error).message };
  }
}
