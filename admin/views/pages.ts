import { html, type TemplateResult } from 'lit';
import { AdminView } from '../admin-view.ts';
import type { Paged, ShownPage } from '../api-types.ts';
import { emptyState, errorState, skeleton } from '../components/states.ts';
import { countryLabel } from '../format/country.ts';
import { Resource } from '../resource.ts';

/** The pages that have a picture. */
export class Pages extends AdminView {
  readonly #pages = new Resource(this, (signal) =>
    this.context.api.get<Paged<ShownPage>>('/pages', { signal }),
  );

  protected override render(): TemplateResult {
    return html`<h1>Pages</h1>${this.#list()}`;
  }

  #list(): TemplateResult {
    const { value, error } = this.#pages;
    if (error && !value) return errorState(error, () => void this.#pages.reload());
    if (!value) return skeleton('Loading the pages');
    if (value.items.length === 0) {
      return emptyState({ title: 'No pages yet', text: 'A page is here once it has a picture.' });
    }
    return html`<ul>
      ${value.items.map(
        ({ path, slug, country }) => html`<li>${path ?? slug}, ${countryLabel(country).name}</li>`,
      )}
    </ul>`;
  }
}

customElements.define('cafe-admin-pages', Pages);
