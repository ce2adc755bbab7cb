import { labellingOf, type PageImage, type Picture, pictureOf } from '../../images/image-labels.ts';
import type { PageRequest } from '../../pages/page-request.ts';
import type { ImageStore } from '../../storage/image-store.ts';
import type { ObjectHead } from '../../storage/object-store.ts';

/** What a page shows. */
export interface PlacedImage {
  image: PageImage;
  head: ObjectHead;
}

/** The object under the page's key; `undefined` if there is none. */
export async function findPlaced(
  store: ImageStore,
  { key, country }: PageRequest,
): Promise<PlacedImage | undefined> {
  const head = await store.head(key);
  if (!head) return undefined;
  const { revision } = labellingOf(head);
  const image = placedImage(store, key, pictureOf(head, country), revision);
  return { image: head.life ? { ...image, life: head.life } : image, head };
}

/** The id of the generation an object shows, or a placeholder for an object from elsewhere. */
export function shownBy(head: ObjectHead): string {
  return labellingOf(head).generation ?? 'unlabelled';
}

/**
 * An image under its page's key. A revision makes the URL unique, so that caches do not serve the
 * previous image. Stores ignore it.
 */
export function placedImage(
  store: ImageStore,
  key: string,
  picture: Picture,
  revision: string | undefined,
  source: PageImage['source'] = 'stored',
): PageImage {
  return { url: placedUrl(store, key, revision), source, picture, placed: true };
}

/** The URL of a page's image. */
export function placedUrl(store: ImageStore, key: string, revision: string | undefined): string {
  const url = store.urlFor(key);
  return revision ? `${url}?v=${revision}` : url;
}
