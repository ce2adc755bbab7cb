import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Image, ShownPage } from '../api/api-types.ts';
import { emptyState, errorState, skeleton, staleNote } from '../components/states.ts';
import type { PicturePicker } from '../pictures/picture-picker.ts';
import { AdminView } from '../shell/admin-view.ts';
import { Debounce } from '../shell/debounce.ts';
import { pageGroup } from './page-card.ts';
import { pageFilterBar } from './page-filter-bar.ts';
import { type PageFilter, PageList, pageFilterIn, pageSearchFor } from './page-list.ts';
import { pageInWords } from './page-words.ts';
import { pinPicture } from './pin-picture.ts';
import './pre-generate-panel.ts';
import '../pictures/picture-picker.ts';
import './pages-view.css';

/** The pages with their pictures by country. */
export class Pages extends AdminView {
  static override properties: PropertyDeclarations = {
    pinning: { state: true },
  };

  /** The page for which a picture is being chosen. */
  declare private pinning: ShownPage | undefined;
  #list: PageList | undefined;
  readonly #typed = new Debounce(this);
  #unwatch = () => {};

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unwatch = this.context.changes.watch(
      ['activity', 'generations'],
      () => void this.#list?.renew(),
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unwatch();
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('route')) return;
    const filter = pageFilterIn(this.route.query);
    if (this.#list && pageSearchFor(this.#list.filter) === pageSearchFor(filter)) return;
    const list = new PageList(this.context.api, filter, () => this.requestUpdate());
    this.#list = list;
    void list.more();
  }

  protected override render(): TemplateResult {
    const list = this.#list;
    const filter = pageFilterIn(this.route.query);
    const { pinning } = this;
    const heading = pinning?.path
      ? `Which picture for ${pageInWords({ ...pinning, path: pinning.path })}?`
      : 'Which picture?';
    return html`
      <div class="view-head">
        <h1>Pages</h1>
        <p class="soft number" role="status">${list ? countOf(list) : nothing}</p>
      </div>
      <cafe-admin-pre-generate-panel
        .context=${this.context}
        .budget=${this.budget}
      ></cafe-admin-pre-generate-panel>
      ${pageFilterBar(filter, (part, isTyping) => this.#change({ ...filter, ...part }, isTyping))}
      <div class="page-groups">${list ? this.#groups(list, filter) : nothing}</div>
      <cafe-admin-picture-picker
        heading=${heading}
        .api=${this.context.api}
        @picture-chosen=${({ detail }: CustomEvent<Image>) => this.#chosen(detail)}
      ></cafe-admin-picture-picker>
    `;
  }

  #groups(list: PageList, filter: PageFilter): TemplateResult {
    const { pages, error, isWhole, isLoading } = list;
    if (pages.length === 0) {
      if (error) return errorState(error, () => void list.more());
      if (isWhole) return emptyState(pageSearchFor(filter) ? NONE_FOUND : NONE_YET);
      if (isLoading) return skeleton('Loading the pages', 8);
    }
    const actions = {
      api: this.context.api,
      pin: (page: ShownPage) => void this.#pin(page),
      changed: () => void list.renew(),
    };
    return html`
      ${error ? staleNote(error, () => void list.renew()) : nothing}
      ${repeat(
        list.groups,
        ({ key }) => key,
        (group) => pageGroup(group, actions),
      )}
      ${
        isWhole
          ? nothing
          : html`<button
              type="button"
              class="button wide"
              ?disabled=${isLoading}
              @click=${() => void list.more()}
            >${isLoading ? 'Loading…' : 'More pages'}</button>`
      }
    `;
  }

  async #pin(page: ShownPage): Promise<void> {
    this.pinning = page;
    await this.updateComplete;
    const picker = this.querySelector<PicturePicker>('cafe-admin-picture-picker');
    picker?.open(page.country ?? undefined);
  }

  #chosen({ id }: Image): void {
    if (!this.pinning) return;
    void pinPicture(this.context.api, this.pinning, id, () => void this.#list?.renew());
  }

  #change(filter: PageFilter, isTyping = false): void {
    this.#typed.cancel();
    const go = () => this.context.router.go(`pages${pageSearchFor(filter)}`, { replace: isTyping });
    if (isTyping) this.#typed.soon(go);
    else go();
  }
}

const NONE_YET = {
  icon: 'pages',
  title: 'No page has a picture yet',
  text: 'Add the element to your pages. The service generates a picture when the first reader visits. To generate pictures earlier, use the form above.',
} as const;

const NONE_FOUND = {
  icon: 'search',
  title: 'No page matches',
  text: 'Remove a part of the filter.',
} as const;

/** Counts pages and pictures: a page has a picture per country, and pages may share pictures. */
function countOf({ pages, groups, isWhole, isLoading }: PageList): string {
  if (pages.length === 0) return isLoading ? 'Loading…' : '';
  const shown = new Set(pages.map(({ image, url }) => image ?? url)).size;
  const what = groups.length === 1 ? '1 page shows' : `${groups.length} pages show`;
  const pictures = shown === 1 ? '1 picture' : `${shown} pictures`;
  const places = shown === pages.length ? '' : ` in ${pages.length} places`;
  return `${what} ${pictures}${places}${isWhole ? '' : ' so far'}`;
}

customElements.define('cafe-admin-pages', Pages);
