import type { PageImage } from './image.ts';

export interface PictureOptions {
  sizes: string;
  onLoad(): void;
  /** Neither the renditions nor the PNG could be loaded. */
  onError(): void;
}

/** Creates a `<picture>` with the renditions in the given order, and the PNG as the fallback. */
export function pictureOf(pageImage: PageImage, { sizes, onLoad, onError }: PictureOptions) {
  const picture = document.createElement('picture');
  for (const [type, srcset] of srcsetsOf(pageImage)) {
    const source = document.createElement('source');
    Object.assign(source, { type, srcset, sizes });
    picture.append(source);
  }
  const image = new Image();
  image.setAttribute('part', 'image');
  image.addEventListener('load', onLoad);
  image.addEventListener('error', () => {
    // Without sources, the browser loads the PNG.
    if (picture.childElementCount > 1) picture.replaceChildren(image);
    else onError();
  });
  image.src = pageImage.url;
  picture.append(image);
  return { picture, image };
}

/** `srcset` by type, in the order in which the types first appear. */
function srcsetsOf({ renditions }: PageImage): Map<string, string> {
  const srcsets = new Map<string, string>();
  if (!Array.isArray(renditions)) return srcsets;
  for (const { type, url, width } of renditions.filter(
    (one) => one?.type && one.url && one.width,
  )) {
    const others = srcsets.get(type);
    srcsets.set(type, `${others ? `${others}, ` : ''}${url} ${width}w`);
  }
  return srcsets;
}
