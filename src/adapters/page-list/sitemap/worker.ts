import { parentPort, workerData } from 'node:worker_threads';
import { readDocument, type SitemapDocument } from './document.ts';

/** A document, or why it is none. */
export type ReadDocument = SitemapDocument | { wrong: string };

/** Reads documents beside the event loop: a full sitemap takes a second or two. See `sitemap-reader.ts`. */
parentPort?.postMessage((workerData as Uint8Array[]).map(readOne));

function readOne(bytes: Uint8Array): ReadDocument {
  try {
    return readDocument(bytes);
  } catch (error) {
    return { wrong: (error as Error).message };
  }
}
