import { html, type TemplateResult } from 'lit';
import { countryField } from '../pictures/filter/country-field.ts';
import type { PageFilter } from './page-list.ts';
import { TYPE_WORDS } from './page-words.ts';

/** @param change called for each change; `isTyping` means that more changes follow soon */
export function pageFilterBar(
  filter: PageFilter,
  change: (part: Partial<PageFilter>, isTyping?: boolean) => void,
): TemplateResult {
  const textIn = ({ target }: Event) => (target as HTMLInputElement).value;
  return html`<form class="page-filter" role="search" @submit=${(event: Event) => event.preventDefault()}>
    <label>
      Search
      <input
        type="search"
        placeholder="Part of a path"
        .value=${filter.search}
        @input=${(event: Event) => change({ search: searchable(textIn(event)) }, true)}
      >
    </label>
    <label>
      Type
      <select @change=${(event: Event) => change({ type: textIn(event) as PageFilter['type'] })}>
        <option value="" ?selected=${!filter.type}>All</option>
        ${Object.entries(TYPE_WORDS).map(
          ([type, word]) =>
            html`<option value=${type} ?selected=${filter.type === type}>${word}</option>`,
        )}
      </select>
    </label>
    ${countryField(filter.country, (country) => change({ country }))}
  </form>`;
}

/** Normalizes a search text in the same way as paths: lower case, no leading slash. */
export function searchable(text: string): string {
  return text.trim().toLowerCase().replace(/^\//, '');
}
