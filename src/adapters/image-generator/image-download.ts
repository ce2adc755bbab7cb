import type https from 'node:https';
import { type AddressGuard, guardedDownload } from '../outbound/guarded-download.ts';

const MAX_BYTES = 20_000_000;
const LONGEST_MS = 30_000;

/** Downloads the image from a URL in a response. */
export type ImageDownload = (url: URL) => Promise<Uint8Array>;

export interface DownloadGuard extends AddressGuard {
  /** Sends a request. Default: `node:https`. */
  get?: typeof https.get;
}

/**
 * Downloads an image over HTTPS, without the API key. It reads at most 20 MB, for at most 30 seconds.
 *
 * @throws Error with the reason
 */
export async function downloadImage(url: URL, guard: DownloadGuard): Promise<Uint8Array> {
  const rules = {
    headers: { Accept: 'image/*, */*;q=0.1' },
    maxBytes: MAX_BYTES,
    targetOf,
    get: guard.get,
  };
  const file = await guardedDownload(onlyHttps(url), guard, rules, AbortSignal.timeout(LONGEST_MS));
  return new Uint8Array(file.bytes);
}

function targetOf(location: string | undefined, from: URL): URL {
  const target = URL.parse(location ?? '', from);
  if (!target) throw new Error('it redirects to an invalid URL');
  return onlyHttps(target);
}

function onlyHttps(url: URL): URL {
  if (url.protocol !== 'https:') throw new Error('it is not an https URL');
  return url;
}
