/** The image in another size or format. */
export interface Rendition {
  url: string;
  /** Pixels. */
  width: number;
  height: number;
  /** Such as `image/avif`. */
  type: string;
}

/** A page's image, as the API returns it with `?details=1`. Only the URL is guaranteed. */
export interface PageImage {
  url: string;
  alt?: string;
  /** `null` if the image belongs to no country. */
  country?: { code: string; name: string } | null;
  /** Pixels. */
  width?: number;
  height?: number;
  source?: string;
  /** `sketch` for a drawing by the built-in sketch generator, else the name of an AI model. */
  model?: string;
  /** A ThumbHash in base64. */
  placeholder?: string;
  renditions?: Rendition[];
}

/** Reads an image from a response or from storage; `undefined` if it has no URL. */
export function imageFrom(value: unknown): PageImage | undefined {
  const image = value as Partial<PageImage> | null | undefined;
  return image?.url && typeof image.url === 'string' ? (image as PageImage) : undefined;
}
