import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { Image } from '../api/api-types.ts';
import { emptyState, errorState, staleNote } from '../components/states.ts';
import { AdminView } from '../shell/admin-view.ts';
import { Debounce } from '../shell/debounce.ts';
import { filterBar } from './filter/filter-bar.ts';
import { filterIn, isNarrowed, type PictureFilter, searchFor } from './filter/picture-filter.ts';
import type { PictureGrid } from './grid/picture-grid.ts';
import { type PictureAct, PictureActs } from './picture-acts.ts';
import { PictureList } from './picture-list.ts';
import { pictureView } from './picture-paths.ts';
import { PoolWatch } from './pool-watch.ts';
import { EMPTY_POOL } from './pool-words.ts';
import { selectionBar } from './selection-bar.ts';
import './grid/picture-grid.ts';
import './pictures-view.css';

/** The last list and scroll position, restored when the user returns to it. */
let kept: { list: PictureList; top: number; activeId: string | undefined } | undefined;

/** The pool of pictures, as a grid. */
export class Pictures extends AdminView {
  static override properties: PropertyDeclarations = {
    isFilterOpen: { state: true },
    isDeleting: { state: true },
  };

  declare private isFilterOpen: boolean;
  declare private isDeleting: boolean;

  #list: PictureList | undefined;
  #watch: PoolWatch | undefined;
  readonly #typed = new Debounce(this);
  #unwatch: (() => void)[] = [];
  readonly #acts = new PictureActs(this, {
    expect: (image) => this.#list?.letGo(image),
    show: (image) => this.#list?.put(image),
    recheck: (id) => void this.#list?.recheck([id]),
  });

  constructor() {
    super();
    this.isFilterOpen = false;
    this.isDeleting = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { api, changes, router } = this.context;
    this.#watch = new PoolWatch(api);
    const list = () => this.#list;
    const forget = () => {
      kept = undefined;
    };
    api.addEventListener('signed-out', forget);
    router.addEventListener('change', this.#keep);
    this.#unwatch = [
      changes.watch(['generations'], () => void list()?.renew()),
      changes.watch(['activity'], () => {
        const shown = list();
        if (shown) void this.#watch?.look(shown);
      }),
      () => router.removeEventListener('change', this.#keep),
    ];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const end of this.#unwatch) end();
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('route')) this.#follow(filterIn(this.route.query));
  }

  protected override render(): TemplateResult {
    const list = this.#list;
    const filter = filterIn(this.route.query);
    const selected = this.#selected;
    return html`
      <div class="view-head">
        <h1>Pictures</h1>
        <p class="soft number" role="status">${list ? countOf(list) : nothing}</p>
      </div>
      ${filterBar({
        filter,
        models: modelsIn(list?.items ?? []),
        isOpen: this.isFilterOpen,
        toggle: () => {
          this.isFilterOpen = !this.isFilterOpen;
        },
        change: (part, isTyping) => this.#change({ ...filter, ...part }, isTyping),
      })}
      <div class="pool ${selected.length > 0 ? 'has-selection' : ''}">
        ${list ? this.#pool(list, filter) : nothing}
      </div>
      ${selectionBar({
        images: selected,
        progress: this.#acts.progress,
        isDeleting: this.isDeleting,
        act: (act) => void this.#act(act, selected),
        askToDelete: (asked) => void this.#askToDelete(asked),
        clear: () => this.#clear(),
        stop: () => this.#acts.stop(),
      })}
    `;
  }

  #pool(list: PictureList, filter: PictureFilter): TemplateResult {
    const { items, error, end } = list;
    if (items.length === 0) {
      if (error) return errorState(error, () => void list.renew());
      if (end === 'all')
        return emptyState(EMPTY_POOL[isNarrowed(filter) ? 'narrowed' : filter.state]);
    }
    return html`
      ${error ? staleNote(error, () => void list.more()) : nothing}
      <p class="hints soft" id="pool-keys">
        <kbd>←</kbd><kbd>↑</kbd><kbd>→</kbd><kbd>↓</kbd> move, <kbd>Enter</kbd> opens, <kbd>Space</kbd>
        selects, <kbd>Shift</kbd> extends, <kbd>H</kbd> hides, <kbd>Esc</kbd> clears
      </p>
      <cafe-admin-picture-grid
        aria-describedby="pool-keys"
        label="Pictures"
        .items=${items}
        .hasMore=${end === 'open' && !error}
        .hrefOf=${(id: string) => `/admin/${pictureView(id, searchFor(filter))}`}
        @picture-more=${() => void list.more()}
        @picture-open=${({ detail: id }: CustomEvent<string>) => this.#open(id, filter)}
        @picture-select=${() => this.requestUpdate()}
        @picture-hide=${({ detail: id }: CustomEvent<string>) => this.#hide(id)}
      ></cafe-admin-picture-grid>
      ${
        end === 'full'
          ? html`<p class="soft">There are more pictures. Use a filter to find them.</p>`
          : nothing
      }
    `;
  }

  get #grid(): PictureGrid | null {
    return this.querySelector('cafe-admin-picture-grid');
  }

  get #selected(): Image[] {
    const ids = this.#grid?.selection.ids ?? new Set();
    return ids.size === 0 ? [] : (this.#list?.items.filter(({ id }) => ids.has(id)) ?? []);
  }

  /** Shows the list for a filter. Reuses the last list if it has the same filter. */
  #follow(filter: PictureFilter): void {
    if (this.#list && searchFor(this.#list.filter) === searchFor(filter)) return;
    this.#clear();
    const before = kept && searchFor(kept.list.filter) === searchFor(filter) ? kept : undefined;
    const list = before?.list ?? new PictureList(this.context.api, filter);
    this.#list = list;
    list.watch(() => this.requestUpdate());
    if (!before) void list.more();
    else {
      void list.renew();
      void this.updateComplete.then(() => this.#comeBack(before));
    }
  }

  async #comeBack({ top, activeId }: NonNullable<typeof kept>): Promise<void> {
    const grid = this.#grid;
    if (!grid) return;
    grid.activeId = activeId;
    // The grid sets its height only after its first measurement, two frames later.
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    scrollTo(0, top);
    if (activeId && top > 0) await grid.focusActive();
  }

  #keep = (): void => {
    if (this.#list) kept = { list: this.#list, top: scrollY, activeId: this.#grid?.activeId };
  };

  #change(filter: PictureFilter, isTyping = false): void {
    this.#typed.cancel();
    const go = () => this.context.router.go(`pictures${searchFor(filter)}`, { replace: isTyping });
    if (isTyping) this.#typed.soon(go);
    else go();
  }

  #open(id: string, filter: PictureFilter): void {
    this.context.router.go(pictureView(id, searchFor(filter)));
  }

  #hide(id: string): void {
    const selected = this.#selected;
    const image = this.#list?.items[this.#list.indexOf(id)];
    void this.#act('hide', selected.length > 0 || !image ? selected : [image]);
  }

  async #act(act: PictureAct, images: readonly Image[]): Promise<void> {
    this.isDeleting = false;
    await this.#acts.run(act, images);
    for (const { id } of images) this.#grid?.selection.drop(id);
    this.requestUpdate();
    await this.updateComplete;
    // The bar with the focused button is gone.
    if (document.activeElement === document.body) await this.#grid?.focusActive();
  }

  /** The focused button is replaced, so focus the one in its place. */
  async #askToDelete(asked: boolean): Promise<void> {
    this.isDeleting = asked;
    await this.updateComplete;
    this.querySelector<HTMLElement>(`.selection-bar ${asked ? '.keep' : '.delete'}`)?.focus();
  }

  #clear(): void {
    this.isDeleting = false;
    this.#grid?.selection.clear();
    this.#grid?.requestUpdate();
    this.requestUpdate();
  }
}

function countOf({ items, end, isLoading }: PictureList): string {
  if (items.length === 0) return isLoading ? 'Loading…' : '';
  const some = end === 'all' ? '' : ' so far';
  return `${items.length.toLocaleString('en')} ${items.length === 1 ? 'picture' : 'pictures'}${some}`;
}

function modelsIn(items: readonly Image[]): string[] {
  return [...new Set(items.slice(0, 500).flatMap(({ model }) => (model ? [model] : [])))].sort();
}

customElements.define('cafe-admin-pictures', Pictures);
