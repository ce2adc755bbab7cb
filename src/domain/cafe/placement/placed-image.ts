import { labellingOf, type PageImage, type Picture, pictureOf } from '../../images/image-labels.ts';
import type { PageRequest } from '../../pages/page-request.ts';
import type { ImageStore } from '../../storage/image-store.ts';
import type { ObjectHead } from '../../storage/object-store.ts';

/** What a page shows. */
export interface PlacedImage {
  image: PageImage;
  head: ObjectHead;
}

/** What is under the page's key; `undefined` where nothing is. */
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

/** The id of the generation that an object shows; of one that came another way, a word for that. */
export function shownBy(head: ObjectHead): string {
  return labellingOf(head).generation ?? 'unlabelled';
}

/**
 * A picture under its page's key. With a revision, the URL is one that no cache has seen with the
 * picture that was there before; stores take no notice of it.
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

/** The URL of a page's picture. */
export function placedUrl(store: ImageStore, key: string, revision: string | undefined): string {
  const url = store.urlFor(key);
  return revision ? `${url}?v=${revision}` : url;
}
