import type { PageImage } from './image.ts';
import type { PageContext } from './page-context.ts';
import { fetchImage } from './request-image.ts';
import type { Refusal } from './retry-policy.ts';
import { forget, recall, remember } from './session-memory.ts';

/** What this document was answered or remembered, whatever the browser's storage is up to. */
const images = new Map<string, PageImage>();
/** Requests under way, each for all elements that want the same. */
const running = new Map<string, Promise<PageImage | Refusal>>();

/** The image that a page is known to have, without asking. */
export function knownImage(page: PageContext): PageImage | undefined {
  const { key } = page;
  const image = images.get(key) ?? recall(key);
  if (image) images.set(key, image);
  return image;
}

/** Forgets an image that is of no use any more, unless the page has got another one meanwhile. */
export function dropImage(page: PageContext, image: PageImage): void {
  const { key } = page;
  if (images.get(key) !== image) return;
  images.delete(key);
  forget(key);
}

/** A page's image: the known one, or that of one request, however many want it. */
export async function requestImage(page: PageContext): Promise<PageImage | Refusal> {
  const { key } = page;
  const known = knownImage(page);
  if (known) return known;
  const order = running.get(key) ?? fetchImage(page);
  running.set(key, order);
  const answer = await order;
  // A refusal is told to those who waited; whoever comes next asks again.
  running.delete(key);
  if ('url' in answer && !images.has(key)) {
    images.set(key, answer);
    remember(key, answer);
  }
  return answer;
}
