import { html, nothing, type TemplateResult } from 'lit';
import { AdminView } from '../admin-view.ts';
import type { ImageDetail } from '../api-types.ts';
import { errorState, skeleton } from '../components/states.ts';
import { Resource } from '../resource.ts';

/** One picture and its prompt. */
export class Picture extends AdminView {
  readonly #picture = new Resource(this, (signal) =>
    this.context.api.get<ImageDetail>(`/images/${encodeURIComponent(this.route.params.id ?? '')}`, {
      signal,
    }),
  );

  protected override render(): TemplateResult {
    const { value, error } = this.#picture;
    return html`<h1>Picture</h1>
      ${error && !value ? errorState(error, () => void this.#picture.reload()) : nothing}
      ${value ? html`<p>${value.prompt ?? value.id}</p>` : skeleton('Loading the picture')}`;
  }
}

customElements.define('cafe-admin-picture', Picture);
