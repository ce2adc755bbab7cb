import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { type AdminApi, ApiError } from '../api/api.ts';
import type { Paged, ShownPage } from '../api/api-types.ts';
import { icon } from '../components/icons.ts';
import { emptyState, errorState, skeleton } from '../components/states.ts';
import { countryLabel } from '../format/country.ts';
import { pageSource } from '../pictures/picture-source.ts';
import { AdminElement } from '../shell/admin-view.ts';
import { Debounce } from '../shell/debounce.ts';
import { searchable } from './page-filter-bar.ts';
import { nameOf, pageTitle, SOURCE_WORDS } from './page-words.ts';
import '../pictures/picker.css';

const LISTED = 40;

/**
 * A dialog for choosing a page.
 *
 * @fires page-chosen - the detail is a {@link ShownPage}
 */
export class PagePicker extends AdminElement {
  static override properties: PropertyDeclarations = {
    api: { attribute: false },
    pages: { state: true },
    error: { state: true },
  };

  declare api: AdminApi;
  declare private pages: readonly ShownPage[] | undefined;
  declare private error: ApiError | undefined;
  #search = '';
  readonly #typed = new Debounce(this);
  #asked = 0;

  open(): void {
    this.#dialog?.showModal();
    void this.#find();
  }

  protected override render(): TemplateResult {
    return html`<dialog class="picker" aria-labelledby="page-picker-title" @click=${this.#clicked}>
      <header>
        <h2 id="page-picker-title">Pin it to which page?</h2>
        <button type="button" class="button quiet bare" aria-label="Close" @click=${this.#close}>
          ${icon('close')}
        </button>
      </header>
      <label>
        Search
        <input type="search" autofocus placeholder="Part of its path" @input=${this.#type}>
      </label>
      <div class="picker-body">${this.#list()}</div>
    </dialog>`;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.querySelector('dialog');
  }

  #list(): TemplateResult {
    const { pages, error } = this;
    if (error) return errorState(error, () => void this.#find());
    if (!pages) return skeleton('Loading pages', 5);
    if (pages.length === 0) {
      const text = 'A page is listed here once a reader has visited it.';
      return emptyState({ icon: 'pages', title: 'No page matches', text });
    }
    return html`<ul class="page-choices">
      ${pages.map((page) => this.#choice(page))}
    </ul>`;
  }

  #choice(page: ShownPage): TemplateResult {
    return html`<li>
      <button type="button" class="page-choice" @click=${() => this.#choose(page)}>
        <img src=${pageSource(page, 40)} alt="" width="40" height="40" loading="lazy">
        <span class="page-choice-path">${pageTitle(page)}</span>
        <span class="soft">${countryLabel(page.country).name}</span>
        ${page.source ? html`<span class="badge">${SOURCE_WORDS[page.source]}</span>` : nothing}
      </button>
    </li>`;
  }

  #choose(detail: ShownPage): void {
    this.#close();
    this.dispatchEvent(new CustomEvent('page-chosen', { bubbles: true, detail }));
  }

  #close = (): void => {
    this.#typed.cancel();
    this.#dialog?.close();
  };

  /** A click on the backdrop closes the dialog. */
  #clicked({ target }: Event): void {
    if (target === this.#dialog) this.#close();
  }

  #type({ target }: Event): void {
    this.#search = (target as HTMLInputElement).value;
    this.#typed.soon(() => void this.#find());
  }

  async #find(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    try {
      const query = { search: searchable(this.#search), limit: LISTED };
      const { items } = await this.api.get<Paged<ShownPage>>('/pages', { query });
      if (asked !== this.#asked) return;
      this.pages = items.filter((page) => nameOf(page));
      this.error = undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.error = error;
    }
  }
}

customElements.define('cafe-admin-page-picker', PagePicker);
