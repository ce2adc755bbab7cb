import type { Image, ShownPage } from '../api/api-types.ts';
import { pictureInApi } from './picture-paths.ts';

/** The smallest file with at least the shown width; `undefined` if there is none, or if it is not known yet. */
export function pictureSource(image: Image, cssPixels: number): string | undefined {
  const { presence, id, url, renditions } = image;
  if (presence === 'absent') return undefined;
  if (presence === 'visible')
    return (url && smallestThatFits(renditions, cssPixels)) ?? url ?? undefined;
  const own = `/api/admin${pictureInApi(id)}`;
  return cssPixels * devicePixelRatio <= 480 ? `${own}/hidden-small` : `${own}/hidden.png`;
}

export function pageSource({ renditions, url }: ShownPage, cssPixels: number): string {
  return smallestThatFits(renditions, cssPixels) ?? url;
}

function widthOf(url: string): number {
  const [extension, width] = url.split('.').reverse();
  return extension === 'webp' ? Number(width) : Number.NaN;
}

/** Considers WebPs only, because their names contain the width. */
function smallestThatFits(urls: readonly string[], cssPixels: number): string | undefined {
  const needed = cssPixels * Math.min(devicePixelRatio, 2);
  return urls
    .map((url) => ({ url, width: widthOf(url) }))
    .filter(({ width }) => width >= needed)
    .sort((a, b) => a.width - b.width)[0]?.url;
}
