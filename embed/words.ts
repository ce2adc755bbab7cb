import type { PageImage } from './image.ts';

/** What the element says, to be replaced in whole or in part by its `strings`. */
export interface CafeImageStrings {
  /** While the picture is on its way. */
  busy: string;
  /** In the caption, below the country. */
  note: string;
  /** The same for a picture that the service drew itself, without AI. */
  sketch: string;
  /** Where a picture is from that has no country. */
  anywhere: string;
  /** Alternative text, with `{country}` for the place; the cafe's own English one if empty. */
  alt: string;
}

export const ENGLISH: CafeImageStrings = {
  busy: 'The kitchen is busy…',
  note: 'imagined by AI',
  sketch: 'drawn by the sketch generator',
  anywhere: 'Somewhere in the world',
  alt: '',
};

/**
 * An image's alternative text.
 *
 * @param lang a language tag for the country's name; the cafe's own English one if empty
 */
export function altOf(image: PageImage, lang: string, words: CafeImageStrings): string {
  if (!words.alt) return image.alt ?? '';
  // The words may come from an attribute, so that they need not be words.
  return String(words.alt).replace('{country}', placeOf(image, lang, words));
}

/** The lines below the picture. There are words as long as something may still come. */
export function captionOf(
  image: PageImage | undefined,
  lang: string,
  words: CafeImageStrings,
  failed: boolean,
): string[] {
  if (image) {
    return [placeOf(image, lang, words), image.model === 'sketch' ? words.sketch : words.note];
  }
  return failed ? [] : [words.busy];
}

function placeOf({ country }: PageImage, lang: string, { anywhere }: CafeImageStrings): string {
  if (!country?.name) return anywhere;
  try {
    const names = lang ? new Intl.DisplayNames(lang, { type: 'region' }) : undefined;
    return names?.of(country.code) ?? country.name;
  } catch {
    // Not a language, or not a country that the browser knows.
    return country.name;
  }
}
