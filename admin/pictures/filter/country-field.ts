import { html, type TemplateResult } from 'lit';
import { UNKNOWN } from '../../format/country.ts';
import { ANYWHERE, countryChoices } from './countries.ts';

/**
 * A select of countries. Its value is a code, `anywhere` for an unknown country, or empty for all.
 */
export function countryField(selected: string, change: (country: string) => void): TemplateResult {
  const option = (value: string, name: string) =>
    html`<option value=${value} ?selected=${selected === value}>${name}</option>`;
  return html`<label>
    Country
    <select
      .value=${selected}
      @change=${({ target }: Event) => change((target as HTMLSelectElement).value)}
    >
      ${option('', 'All')} ${option(ANYWHERE, UNKNOWN)}
      ${countryChoices().map(({ code, name }) => option(code, name))}
    </select>
  </label>`;
}
