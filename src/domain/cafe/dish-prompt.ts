import { type Country, scopePhrase } from '../countries/country.ts';

/**
 * The words sent to the model. One template: only the scope differs between a country and the
 * whole world, and nothing of the request gets in but the name of a country of the frozen table.
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
