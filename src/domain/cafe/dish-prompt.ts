import { type Country, scopePhrase } from '../countries/country.ts';

/**
 * The prompt sent to the model, from one template. Only the scope differs (a country or the whole
 * world), and the request contributes only a country name from the frozen table.
 */
export function dishPrompt(country: Country | undefined): string {
  return [
    `Choose a single random dish that is popular ${scopePhrase(country)}, and paint it.`,
    'Prefer a specific, visually distinct local dish over a generic national default.',
    'Do not keep defaulting to globally common fast food;',
    'choose it only if it is genuinely the random choice.',
    'Paint that one dish alone, freshly served and appetising,',
    'as a warm, richly detailed illustration in the style of a cosy cooking video game,',
    'seen slightly from above, centred, on a plain background.',
    'No text, no letters, no people, no flags, no logos.',
  ].join(' ');
}
