/** Codes that browsers can name, but that are no countries for the service: groups and former codes. */
const NONE = new Set(
  'AC AN BU CP CQ CS DD DG DY EA EU EZ FX HV IC NH QO RH SU TA TP UK UN VD XA XB YD YU ZR ZZ'.split(
    ' ',
  ),
);
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

/** The API's value for an unknown country. */
export const ANYWHERE = 'anywhere';

export interface CountryChoice {
  code: string;
  name: string;
}

let choices: CountryChoice[] | undefined;

/** All countries, with names from the browser. This avoids sending a list. */
export function countryChoices(): readonly CountryChoice[] {
  if (choices) return choices;
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  choices = LETTERS.flatMap((first) => LETTERS.map((second) => first + second))
    .filter((code) => !NONE.has(code))
    .flatMap((code) => {
      const name = names.of(code);
      return name ? [{ code, name }] : [];
    })
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
  return choices;
}
