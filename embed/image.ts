/** A smaller or more modern version of a picture. */
export interface Rendition {
  url: string;
  /** Pixels. */
  width: number;
  height: number;
  /** Such as `image/avif`. */
  type: string;
}

/** A page's picture, as the API answers with `?details=1`. Only the URL is certain to be there. */
export interface PageImage {
  url: string;
  alt?: string;
  /** `null` where it is from nowhere in particular. */
  country?: { code: string; name: string } | null;
  /** Pixels. */
  width?: number;
  height?: number;
  source?: string;
  /** What made it: `sketch` for a drawing of the service itself, else an AI model. */
  model?: string;
  /** A ThumbHash in base64. */
  placeholder?: string;
  renditions?: Rendition[];
}

/** An image out of an answer or a memory, `undefined` for whatever has no URL. */
export function imageFrom(value: unknown): PageImage | undefined {
  const image = value as Partial<PageImage> | null | undefined;
  return image?.url && typeof image.url === 'string' ? (image as PageImage) : undefined;
}
