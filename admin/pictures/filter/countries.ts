/** What browsers name like a country, and the cafe does not take for one: groups and former codes. */
const NONE = new Set(
  'AC AN BU CP CQ CS DD DG DY EA EU EZ FX HV IC NH QO RH SU TA TP UK UN VD XA XB YD YU ZR ZZ'.split(
    ' ',
  ),
);
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

/** How the API's queries call pictures, and readers, of no country in particular. */
export const ANYWHERE = 'anywhere';

export interface CountryChoice {
  code: string;
  name: string;
}

let choices: CountryChoice[] | undefined;

/** Every country by its name, which the browser knows, so that no list of them has to be sent. */
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
