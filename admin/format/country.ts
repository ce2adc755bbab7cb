const NAMES = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });
/** What to add to a letter for its regional indicator; two of these are a flag. */
const TO_INDICATOR = 0x1f1e6 - 'A'.charCodeAt(0);

export interface CountryLabel {
  /** An emoji: decoration, to be hidden from screen readers. */
  flag: string;
  name: string;
}

/** @param code ISO 3166-1 alpha-2; `null` for a picture, or readers, of no country in particular */
export function countryLabel(code: string | null): CountryLabel {
  if (!code) return { flag: '🌍', name: 'Anywhere' };
  const indicators = [...code].map((letter) => letter.charCodeAt(0) + TO_INDICATOR);
  return { flag: String.fromCodePoint(...indicators), name: NAMES.of(code) ?? code };
}
