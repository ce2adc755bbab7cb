import { COUNTRIES, type Country, countryBySlug } from '../countries/country.ts';
import type { Day } from '../kernel/day.ts';
import { UUID } from '../kernel/uuid.ts';
import { PAGE_TYPES, type Page, type PageType, pathDigest, pathSlug } from '../pages/page.ts';

/** Used in page keys instead of a country if the reader's country is unknown. */
const ANYWHERE = 'anywhere';
const DATED = new RegExp(`^(\\d{4}/\\d{2}/\\d{2})/(${UUID})(?:-([a-z0-9-]+))?\\.png$`);
const PLACED = new RegExp(`^page-cache/(${PAGE_TYPES.join('|')})/([^.]+)\\.png$`);
const RENDITION = /^([^.]+)\.(?:(\d+)\.webp|card\.jpg)$/;
const PAGE_SLUG = /^[a-z0-9-]+(?:\/[a-z0-9-]+)*(?:~[0-9a-f]{16})?$/;

/** A generated image in the dated pool. */
export interface PoolImage {
  day: Day;
  /** A lower-case UUID. */
  id: string;
  country: Country | undefined;
}

/** Widths of the smaller renditions in pixels, ascending. */
export const RENDITION_WIDTHS = [480, 768, 1024] as const;
export type RenditionWidth = (typeof RENDITION_WIDTHS)[number];

/** A rendition of an image: a WebP of a given width, or a preview card (JPEG, 1200 by 630). */
export type RenditionForm = RenditionWidth | 'card';

/** A parsed image key. */
export type ImageKey =
  | ({ kind: 'dated' } & PoolImage)
  | ({ kind: 'rendition'; form: RenditionForm } & PoolImage)
  | { kind: 'page'; type: PageType; slug: string; country: Country | undefined };

/**
 * The formats of image keys under one prefix. No other code knows them.
 *
 * - a generated image: `{prefix}/{YYYY}/{MM}/{DD}/{uuid}[-{country}].png`
 * - its renditions: `{prefix}/{YYYY}/{MM}/{DD}/{uuid}[-{country}].{width}.webp` and `.card.jpg`
 * - a page's image: `{prefix}/page-cache/{type}/{path}-{country or 'anywhere'}.png`
 *
 * All keys can be parsed back, and two different pages or countries never share a key. `posts/a` in
 * Equatorial Guinea and `posts/a-equatorial` in Guinea would collide. The path that is read with
 * the longer country gets the plain key. The key of the other path ends in `~` and its digest. The
 * same applies to every path whose slug lost information. `~` occurs nowhere else in a key.
 */
export class ImageKeys {
  /** Everything below this prefix is public. */
  readonly root: string;
  /** A prefix of the images of all days until the year 3000, and of no page key. */
  readonly poolPrefix: string;

  /** @param prefix without leading or trailing slash, such as `generated/v2` */
  constructor(prefix: string) {
    this.root = `${prefix}/`;
    this.poolPrefix = `${this.root}2`;
  }

  /** The prefix of a day's images. */
  dayPrefix(day: Day): string {
    return `${this.root}${day}/`;
  }

  /** The key of a generated image. Its id reveals nothing about the page. */
  dated(picture: PoolImage): string {
    return `${this.root}${poolName(picture)}.png`;
  }

  /** The key of a rendition of a generated image. */
  rendition(picture: PoolImage, form: RenditionForm): string {
    const extension = form === 'card' ? 'card.jpg' : `${form}.webp`;
    return `${this.root}${poolName(picture)}.${extension}`;
  }

  /** The stable key of a page in a country. */
  page(page: Page, country: Country | undefined): string {
    const { slug, lossless } = pathSlug(page);
    const scope = country?.slug ?? ANYWHERE;
    const ownsPlain = lossless && !ENDS_AS_LONGER.get(scope)?.test(slug);
    const name = ownsPlain ? `${slug}-${scope}` : `${slug}~${pathDigest(page)}-${scope}`;
    return `${this.root}page-cache/${page.type}/${name}.png`;
  }

  /**
   * The page key without prefix and extension, used to name other data about the page:
   * `article/posts/hello-france`.
   *
   * @param key made by {@link page}
   */
  pageName(key: string): string {
    const name = key.startsWith(this.root) ? key.slice(this.root.length) : '';
    const [, type, slugAndScope] = PLACED.exec(name) ?? [];
    if (!type || !slugAndScope) throw new Error(`Invalid page key: ${JSON.stringify(key)}`);
    return `${type}/${slugAndScope}`;
  }

  /** The prefix of the images of all pages, or of the pages of one type. */
  pagePrefix(type?: PageType): string {
    return `${this.root}page-cache/${type ? `${type}/` : ''}`;
  }

  /** Inverse of {@link pageName}. */
  pageNamed(name: string): string {
    return `${this.pagePrefix()}${name}.png`;
  }

  /** `undefined` for keys of any other format. */
  parse(key: string): ImageKey | undefined {
    if (!key.startsWith(this.root)) return undefined;
    const name = key.slice(this.root.length);
    return parseDated(name) ?? parseRendition(name) ?? parsePlaced(name);
  }
}

/** The base name, without extension, shared by an image and its record. */
export function datedName(id: string, country: { slug: string } | undefined): string {
  return country ? `${id}-${country.slug}` : id;
}

/** The name of a pool image in labels: `2026/11/21/{uuid}[-{country}]`. */
export function poolName({ day, id, country }: PoolImage): string {
  return `${day}/${datedName(id, country)}`;
}

/** Inverse of {@link poolName}; `undefined` for any other text. */
export function pictureNamed(name: string): PoolImage | undefined {
  const parsed = parseDated(`${name}.png`);
  return parsed && { day: parsed.day, id: parsed.id, country: parsed.country };
}

function parseDated(name: string): ({ kind: 'dated' } & PoolImage) | undefined {
  const [, day, id, slug] = DATED.exec(name) ?? [];
  if (!day || !id) return undefined;
  const country = slug === undefined ? undefined : countryBySlug(slug);
  if (slug !== undefined && !country) return undefined;
  return { kind: 'dated', day: day as Day, id, country };
}

function parseRendition(name: string): ImageKey | undefined {
  const [, base, width] = RENDITION.exec(name) ?? [];
  const picture = base === undefined ? undefined : pictureNamed(base);
  const form = width === undefined ? 'card' : RENDITION_WIDTHS.find((one) => `${one}` === width);
  return picture && form && { kind: 'rendition', form, ...picture };
}

function parsePlaced(name: string): ImageKey | undefined {
  const [, type, slugAndScope] = PLACED.exec(name) ?? [];
  if (!type || !slugAndScope) return undefined;
  const split = splitScope(slugAndScope);
  if (!split || !PAGE_SLUG.test(split.slug)) return undefined;
  return { kind: 'page', type: type as PageType, ...split };
}

/**
 * Some scopes are the end of a longer scope: `guinea` ends `equatorial-guinea`. For each of them,
 * the slugs that would be read as part of the longer one, such as `posts/a-equatorial`.
 */
const ENDS_AS_LONGER: ReadonlyMap<string, RegExp> = endsAsLonger();

function endsAsLonger(): Map<string, RegExp> {
  const scopes = new Set([...COUNTRIES.map(({ slug }) => slug), ANYWHERE]);
  const startsByEnd = new Map<string, string[]>();
  for (const scope of scopes) {
    for (let at = scope.indexOf('-'); at !== -1; at = scope.indexOf('-', at + 1)) {
      const end = scope.slice(at + 1);
      if (!scopes.has(end)) continue;
      startsByEnd.set(end, [...(startsByEnd.get(end) ?? []), scope.slice(0, at)]);
    }
  }
  const forms = [...startsByEnd].map(
    ([end, starts]) => [end, new RegExp(`[^/]-(?:${starts.join('|')})$`)] as const,
  );
  return new Map(forms);
}

/** Splits `{slug}-{scope}` at the longest matching scope. */
function splitScope(text: string): { slug: string; country: Country | undefined } | undefined {
  const lastSegment = text.lastIndexOf('/') + 1;
  for (let at = text.indexOf('-', lastSegment + 1); at !== -1; at = text.indexOf('-', at + 1)) {
    const scope = text.slice(at + 1);
    const country = countryBySlug(scope);
    if (country || scope === ANYWHERE) return { slug: text.slice(0, at), country };
  }
  return undefined;
}
