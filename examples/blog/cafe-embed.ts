import { type Markup, markup } from './markup.ts';
import type { CafeApi, Site } from './site.ts';

/** A page's path and type. */
export interface CafePage {
  /** Such as `/posts/hello/index.html`. */
  path: string;
  type: 'index' | 'article' | 'archive';
}

/** For the head, once per page. */
export const CAFE_SCRIPT = markup`<script type="module" src="/bytesized-cafe-app/cafe-image.js"></script>`;

/** The page's picture. Without JavaScript, a plain image that the service redirects to the picture. */
export function cafeImage(page: CafePage, site: Site): Markup {
  const elsewhere = site.api.base !== site.url;
  const apiUrl = elsewhere ? markup` api-url="${site.api.endpoint}"` : undefined;
  const image = imagePath(page);
  return markup`<cafe-image page-path="${page.path}" page-type="${page.type}"${apiUrl} caption><noscript><img src="${elsewhere ? site.api.base + image : image}" alt=""></noscript></cafe-image>`;
}

/** A JPEG of 1200 x 630 pixels, for feeds and previews. */
export function cardUrl(page: CafePage, api: CafeApi): string {
  return `${api.base}${imagePath(page)}&rendition=card`;
}

/** Alternative text for previews. Readers get it from the element. */
export const CARD_ALT = 'A dish from somewhere in the world, made by an image generator';

function imagePath({ path, type }: CafePage): string {
  return `/api/cafe/image?path=${encodeURIComponent(path)}&type=${type}`;
}
