const NAMES = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });
/** For readers whose country is unknown, and for their pictures. It does not mean "all readers". */
export const UNKNOWN = 'Country unknown';
/** Offset from a letter to its regional indicator. Two indicators form a flag. */
const TO_INDICATOR = 0x1f1e6 - 'A'.charCodeAt(0);

export interface CountryLabel {
  /** A flag emoji; empty if the system has none. Decorative: hide it from screen readers. */
  flag: string;
  name: string;
}

/** @param code ISO 3166-1 alpha-2; `null` if the country is unknown */
export function countryLabel(code: string | null): CountryLabel {
  hasFlags ??= drawsFlags();
  if (!code) return { flag: hasFlags ? '🌍' : '', name: UNKNOWN };
  const indicators = [...code].map((letter) => letter.charCodeAt(0) + TO_INDICATOR);
  const flag = hasFlags ? String.fromCodePoint(...indicators) : '';
  return { flag, name: NAMES.of(code) ?? code };
}

let hasFlags: boolean | undefined;

/** Systems without flags draw letters or boxes in the text colour, which this detects. */
function drawsFlags(): boolean {
  const canvas = new OffscreenCanvas(16, 16).getContext('2d');
  if (!canvas) return false;
  canvas.font = '12px sans-serif';
  canvas.fillText('🇫🇷', 0, 13);
  const { data } = canvas.getImageData(0, 0, 16, 16);
  return data.some((value, n) => n % 4 === 0 && value !== data[n + 2]);
}
