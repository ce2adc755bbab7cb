import { html, type TemplateResult } from 'lit';
import { AdminView } from '../admin-view.ts';
import type { Image, Paged } from '../api-types.ts';
import { emptyState, errorState, skeleton } from '../components/states.ts';
import { Resource } from '../resource.ts';

/** The names of the newest pictures. */
export class Pictures extends AdminView {
  readonly #pictures = new Resource(
    this,
    (signal) => this.context.api.get<Paged<Image>>('/images', { signal }),
    { topics: ['generations', 'activity'] },
  );

  protected override render(): TemplateResult {
    return html`<h1>Pictures</h1>${this.#list()}`;
  }

  #list(): TemplateResult {
    const { value, error } = this.#pictures;
    if (error && !value) return errorState(error, () => void this.#pictures.reload());
    if (!value) return skeleton('Loading the pictures');
    if (value.items.length === 0) {
      return emptyState({ title: 'No pictures yet', text: 'The first reader brings the first.' });
    }
    return html`<ul>
      ${value.items.map(({ id }) => html`<li><a href="/admin/pictures/${id}">${id}</a></li>`)}
    </ul>`;
  }
}

customElements.define('cafe-admin-pictures', Pictures);
