import { COUNTRIES, type Country, countryBySlug } from '../countries/country.ts';
import type { Day } from '../kernel/day.ts';
import { UUID } from '../kernel/uuid.ts';
import { PAGE_TYPES, type Page, type PageType, pathDigest, pathSlug } from '../pages/page.ts';

/** The word in place of a country in the keys of pages whose reader's country is unknown. */
const ANYWHERE = 'anywhere';
const DATED = new RegExp(`^(\\d{4}/\\d{2}/\\d{2})/(${UUID})(?:-([a-z0-9-]+))?\\.png$`);
const PLACED = new RegExp(`^page-cache/(${PAGE_TYPES.join('|')})/([^.]+)\\.png$`);
const RENDITION = /^([^.]+)\.(?:(\d+)\.webp|card\.jpg)$/;
const PAGE_SLUG = /^[a-z0-9-]+(?:\/[a-z0-9-]+)*(?:~[0-9a-f]{16})?$/;

/** A generated picture in the dated pool. */
export interface PoolImage {
  day: Day;
  /** A UUID in lower case. */
  id: string;
  country: Country | undefined;
}

/** How wide pictures are made smaller, in pixels, ascending. */
export const RENDITION_WIDTHS = [480, 768, 1024] as const;
export type RenditionWidth = (typeof RENDITION_WIDTHS)[number];

/** What is made of a picture: a WebP of a width, or a card for previews, a JPEG of 1200 by 630. */
export type RenditionForm = RenditionWidth | 'card';

/** What a key says. */
export type ImageKey =
  | ({ kind: 'dated' } & PoolImage)
  | ({ kind: 'rendition'; form: RenditionForm } & PoolImage)
  | { kind: 'page'; type: PageType; slug: string; country: Country | undefined };

/**
 * The shapes of image keys under one prefix; nothing else knows them.
 *
 * - a generated picture: `{prefix}/{YYYY}/{MM}/{DD}/{uuid}[-{country}].png`
 * - what was made of it: `{prefix}/{YYYY}/{MM}/{DD}/{uuid}[-{country}].{width}.webp` and `.card.jpg`
 * - a page's picture: `{prefix}/page-cache/{type}/{path}-{country or 'anywhere'}.png`
 *
 * All can be read back, and two different pages or countries never share a key. `posts/a` in
 * Equatorial Guinea and `posts/a-equatorial` in Guinea would: the reading with the longest country
 * owns the plain key, and the other path carries `~` and its digest, as every path does of which the
 * slug lost something. `~` occurs nowhere else in a key.
 */
export class ImageKeys {
  /** Everything below it is public. */
  readonly root: string;
  /** All days' pictures begin like this, until the year 3000, and no page's do. */
  readonly poolPrefix: string;

  /** @param prefix without slashes at its ends, such as `generated/v2` */
  constructor(prefix: string) {
    this.root = `${prefix}/`;
    this.poolPrefix = `${this.root}2`;
  }

  /** Where the pictures of a day are. */
  dayPrefix(day: Day): string {
    return `${this.root}${day}/`;
  }

  /** The key of a generated picture; its id says nothing of the page it was made for. */
  dated(picture: PoolImage): string {
    return `${this.root}${poolName(picture)}.png`;
  }

  /** The key of what was made of a generated picture. */
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
   * What else is kept of a page is named like its picture, without prefix and extension:
   * `article/posts/hello-france`.
   *
   * @param key made by {@link page}
   */
  pageName(key: string): string {
    const name = key.startsWith(this.root) ? key.slice(this.root.length) : '';
    const [, type, slugAndScope] = PLACED.exec(name) ?? [];
    if (!type || !slugAndScope) throw new Error(`Not the key of a page: ${JSON.stringify(key)}`);
    return `${type}/${slugAndScope}`;
  }

  /** Where the pictures of all pages are, or of those of one type. */
  pagePrefix(type?: PageType): string {
    return `${this.root}page-cache/${type ? `${type}/` : ''}`;
  }

  /** The key of the page of which {@link pageName} is the name. */
  pageNamed(name: string): string {
    return `${this.pagePrefix()}${name}.png`;
  }

  /** `undefined` for keys of any other shape. */
  parse(key: string): ImageKey | undefined {
    if (!key.startsWith(this.root)) return undefined;
    const name = key.slice(this.root.length);
    return parseDated(name) ?? parseRendition(name) ?? parsePlaced(name);
  }
}

/** The basename, without extension, that a picture and its record share. */
export function datedName(id: string, country: { slug: string } | undefined): string {
  return country ? `${id}-${country.slug}` : id;
}

/** How a picture of the pool is named in labels: `2026/11/21/{uuid}[-{country}]`. */
export function poolName({ day, id, country }: PoolImage): string {
  return `${day}/${datedName(id, country)}`;
}

/** Reads {@link poolName}; `undefined` for text of any other shape. */
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
 * For scopes that are the end of a longer one, such as `guinea`: slugs with which they would be read as
 * that, such as `posts/a-equatorial`.
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

/** Reads `{slug}-{scope}` with the longest scope there is. */
function splitScope(text: string): { slug: string; country: Country | undefined } | undefined {
  const lastSegment = text.lastIndexOf('/') + 1;
  for (let at = text.indexOf('-', lastSegment + 1); at !== -1; at = text.indexOf('-', at + 1)) {
    const scope = text.slice(at + 1);
    const country = countryBySlug(scope);
    if (country || scope === ANYWHERE) return { slug: text.slice(0, at), country };
  }
  return undefined;
}
