import type { PageImage } from './image.ts';

/** The element's texts. Its property `strings` replaces some or all of them. */
export interface CafeImageStrings {
  /** Shown while the picture loads. */
  busy: string;
  /** Second line of the caption, below the country. */
  note: string;
  /** Replaces `note` for a picture from the built-in sketch generator, which is no AI. */
  sketch: string;
  /** Replaces the country of a picture that belongs to none. */
  anywhere: string;
  /** Alternative text; `{country}` is replaced. If empty, the service's English text is used. */
  alt: string;
}

export const ENGLISH: CafeImageStrings = {
  busy: 'Loading the picture…',
  note: 'imagined by AI',
  sketch: 'drawn by the sketch generator',
  anywhere: 'Somewhere in the world',
  alt: '',
};

/** @param lang language of the country's name; if empty, the service's English name is used */
export function altOf(image: PageImage, lang: string, words: CafeImageStrings): string {
  if (!words.alt) return image.alt ?? '';
  // From an attribute, the value may be of any type.
  return String(words.alt).replace('{country}', placeOf(image, lang, words));
}

/** The lines of the caption: none if there is no picture and none will come. */
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
    // Not a language, or a country code unknown to the browser.
    return country.name;
  }
}
