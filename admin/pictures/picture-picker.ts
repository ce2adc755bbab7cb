import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { AdminApi } from '../api/api.ts';
import type { Image } from '../api/api-types.ts';
import { icon } from '../components/icons.ts';
import { emptyState, errorState } from '../components/states.ts';
import { AdminElement } from '../shell/admin-view.ts';
import { Debounce } from '../shell/debounce.ts';
import { countryField } from './filter/country-field.ts';
import { filterIn } from './filter/picture-filter.ts';
import { PictureList } from './picture-list.ts';
import { pictureView } from './picture-paths.ts';
import './picker.css';
import './grid/picture-grid.ts';

/**
 * A dialog for choosing a picture from the pool.
 *
 * @fires picture-chosen - the detail is an {@link Image}
 */
export class PicturePicker extends AdminElement {
  static override properties: PropertyDeclarations = {
    api: { attribute: false },
    heading: {},
  };

  declare api: AdminApi;
  declare heading: string;
  #list: PictureList | undefined;
  #page = '';
  #country = '';
  readonly #typed = new Debounce(this);

  /** @param country preselected country; `undefined` for all */
  open(country: string | undefined): void {
    this.#page = '';
    this.#country = country ?? '';
    this.querySelector('form')?.reset();
    this.#dialog?.showModal();
    this.#find();
  }

  protected override render(): TemplateResult {
    return html`<dialog class="picker large" aria-labelledby="picture-picker-title" @click=${this.#clicked}>
      <header>
        <h2 id="picture-picker-title">${this.heading}</h2>
        <button type="button" class="button quiet bare" aria-label="Close" @click=${this.#close}>
          ${icon('close')}
        </button>
      </header>
      <form role="search" @submit=${(event: Event) => event.preventDefault()}>
        <label>
          Made for
          <input type="search" autofocus placeholder="Part of a path" @input=${this.#type}>
        </label>
        ${countryField(this.#country, this.#pick)}
      </form>
      <div class="picker-body">${this.#list ? this.#pool(this.#list) : nothing}</div>
    </dialog>`;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.querySelector('dialog');
  }

  #pool(list: PictureList): TemplateResult {
    if (list.items.length === 0) {
      if (list.error) return errorState(list.error, () => void list.renew());
      if (list.end === 'all') {
        const text = 'Try another country or page.';
        return emptyState({ icon: 'search', title: 'No picture matches', text });
      }
    }
    return html`<cafe-admin-picture-grid
      label="Pictures to choose from"
      .items=${list.items}
      .hasMore=${list.end === 'open' && !list.error}
      .isPicking=${true}
      .hrefOf=${(id: string) => `/admin/${pictureView(id)}`}
      @picture-more=${() => void list.more()}
      @picture-open=${({ detail: id }: CustomEvent<string>) => this.#choose(id)}
    ></cafe-admin-picture-grid>`;
  }

  #choose(id: string): void {
    const detail: Image | undefined = this.#list?.items[this.#list.indexOf(id)];
    this.#close();
    if (detail) this.dispatchEvent(new CustomEvent('picture-chosen', { bubbles: true, detail }));
  }

  #close = (): void => {
    this.#typed.cancel();
    this.#dialog?.close();
    this.#list = undefined;
    this.requestUpdate();
  };

  /** A click on the backdrop closes the dialog. */
  #clicked({ target }: Event): void {
    if (target === this.#dialog) this.#close();
  }

  #type({ target }: Event): void {
    this.#page = (target as HTMLInputElement).value.trim();
    this.#typed.soon(() => this.#find());
  }

  readonly #pick = (country: string) => {
    this.#country = country;
    this.#find();
  };

  #find(): void {
    const query = new URLSearchParams({ page: this.#page, country: this.#country });
    const list = new PictureList(this.api, filterIn(query));
    this.#list = list;
    list.watch(() => this.requestUpdate());
    void list.more();
  }
}

customElements.define('cafe-admin-picture-picker', PicturePicker);
