import { parentPort, workerData } from 'node:worker_threads';
import { readDocument } from './sitemap-document.ts';

/** Reads documents beside the event loop: a full sitemap takes a second or two. See `sitemap-reader.ts`. */
parentPort?.postMessage((workerData as Uint8Array[]).map(readDocument));
