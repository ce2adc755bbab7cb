import type { PageImage } from '../image.ts';
import type { PageContext } from '../page-context.ts';
import { fetchImage } from './request-image.ts';
import type { Refusal } from './retry-policy.ts';
import { forget, recall, remember } from './session-memory.ts';

/** The images of this document, kept even if the browser's storage fails. */
const images = new Map<string, PageImage>();
/** Requests in progress, shared by all elements with the same page. */
const running = new Map<string, Promise<PageImage | Refusal>>();

/** The page's remembered image; makes no request. */
export function knownImage(page: PageContext): PageImage | undefined {
  const { key } = page;
  const image = images.get(key) ?? recall(key);
  if (image) images.set(key, image);
  return image;
}

/** Forgets an image that no longer loads, unless the page has received another one meanwhile. */
export function dropImage(page: PageContext, image: PageImage): void {
  const { key } = page;
  if (images.get(key) !== image) return;
  images.delete(key);
  forget(key);
}

/** Returns the remembered image, or requests it. Concurrent calls share one request. */
export async function requestImage(page: PageContext): Promise<PageImage | Refusal> {
  const { key } = page;
  const known = knownImage(page);
  if (known) return known;
  const request = running.get(key) ?? fetchImage(page);
  running.set(key, request);
  const answer = await request;
  // A failure is not cached: the next call makes a new request.
  running.delete(key);
  if ('url' in answer && !images.has(key)) {
    images.set(key, answer);
    remember(key, answer);
  }
  return answer;
}
