import { html, type TemplateResult } from 'lit';
import { icon } from '../../components/icons.ts';
import { countryField } from './country-field.ts';
import { isNarrowed, type PictureFilter, STATES, searchFor } from './picture-filter.ts';

export interface FilterBarParts {
  filter: PictureFilter;
  /** Models of the loaded pictures. */
  models: readonly string[];
  /** Whether the fields are shown on a phone. */
  isOpen: boolean;
  toggle(): void;
  /** @param isTyping more changes follow soon */
  change(part: Partial<PictureFilter>, isTyping?: boolean): void;
}

/** The filter of pictures: the state as links, the rest as fields. */
export function filterBar(parts: FilterBarParts): TemplateResult {
  const { filter, isOpen, toggle } = parts;
  return html`
    <div class="pool-states">
      <nav aria-label="State">
        ${STATES.map(
          ({ state, label }) => html`<a
            href="/admin/pictures${searchFor({ ...filter, state })}"
            aria-current=${state === filter.state ? 'true' : 'false'}
          >${label}</a>`,
        )}
      </nav>
      <button
        type="button"
        class="button small filter-toggle"
        aria-expanded=${String(isOpen)}
        aria-controls="pool-filter"
        @click=${toggle}
      >${icon('search')} Filter${isNarrowed(filter) ? ' (on)' : ''}</button>
    </div>
    ${fields(parts)}
  `;
}

function fields({ filter, models, isOpen, change }: FilterBarParts): TemplateResult {
  const now = (part: keyof PictureFilter) => (event: Event) =>
    change({ [part]: (event.target as HTMLInputElement).value });
  const soon = (part: keyof PictureFilter) => (event: Event) =>
    change({ [part]: (event.target as HTMLInputElement).value.trim() }, true);
  return html`<form
    class="pool-filter ${isOpen ? 'open' : ''}"
    id="pool-filter"
    role="search"
    @submit=${(event: Event) => event.preventDefault()}
  >
    <label class="wide">
      Made for
      <input type="search" placeholder="Part of a path" .value=${filter.page} @input=${soon('page')}>
    </label>
    ${countryField(filter.country, (country) => change({ country }))}
    <label>
      Day
      <input type="date" .value=${filter.day} @change=${now('day')}>
    </label>
    <label>
      Model
      <input list="pool-models" placeholder="All" .value=${filter.model} @change=${now('model')}>
      <datalist id="pool-models">
        ${models.map((model) => html`<option value=${model}></option>`)}
      </datalist>
    </label>
    <label>
      Order
      <select .value=${filter.sort} @change=${now('sort')}>
        <option value="newest" ?selected=${filter.sort === 'newest'}>Newest first</option>
        <option value="oldest" ?selected=${filter.sort === 'oldest'}>Oldest first</option>
      </select>
    </label>
    <a
      class="button quiet small ${isNarrowed(filter) ? '' : 'idle'}"
      href="/admin/pictures${searchFor({ ...filter, country: '', day: '', model: '', page: '' })}"
    >Clear</a>
  </form>`;
}
