const NAMES = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });
/** Readers of no country that is known, and what was painted for them: not everybody. */
export const UNKNOWN = 'Country unknown';
/** What to add to a letter for its regional indicator; two of these are a flag. */
const TO_INDICATOR = 0x1f1e6 - 'A'.charCodeAt(0);

export interface CountryLabel {
  /** An emoji, or nothing where there are no flags to be had: decoration, to be hidden from screen readers. */
  flag: string;
  name: string;
}

/** @param code ISO 3166-1 alpha-2; `null` for a picture, or readers, of no country in particular */
export function countryLabel(code: string | null): CountryLabel {
  hasFlags ??= drawsFlags();
  if (!code) return { flag: hasFlags ? '🌍' : '', name: UNKNOWN };
  const indicators = [...code].map((letter) => letter.charCodeAt(0) + TO_INDICATOR);
  const flag = hasFlags ? String.fromCodePoint(...indicators) : '';
  return { flag, name: NAMES.of(code) ?? code };
}

let hasFlags: boolean | undefined;

/** Not every system has them; where they are missing, letters or boxes are drawn in the ink's colour. */
function drawsFlags(): boolean {
  const canvas = new OffscreenCanvas(16, 16).getContext('2d');
  if (!canvas) return false;
  canvas.font = '12px sans-serif';
  canvas.fillText('🇫🇷', 0, 13);
  const { data } = canvas.getImageData(0, 0, 16, 16);
  return data.some((value, n) => n % 4 === 0 && value !== data[n + 2]);
}
