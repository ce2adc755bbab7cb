import { html, type PropertyDeclarations, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Image } from '../../api/api-types.ts';
import { AdminElement } from '../../shell/admin-view.ts';
import { pictureRow } from '../picture-row.ts';
import { Selection } from '../selection.ts';
import { heightOf } from './grid-geometry.ts';
import { cellAfter } from './grid-keys.ts';
import { GridWindow } from './grid-window.ts';
import { pictureCell } from './picture-cell.ts';
import './picture-grid.css';

/** Placeholder rows for pictures that are loading. */
const AWAITED_ROWS = 3;
/** Distance from the end, in screens, at which more pictures are requested. */
const SCREENS_AHEAD = 3;

/**
 * A grid of pictures that only renders the rows near the viewport.
 *
 * @fires picture-open - the user opens a picture; the detail is its ID
 * @fires picture-select - the selection has changed
 * @fires picture-hide - the user pressed the key for hiding
 * @fires picture-more - the end of the loaded pictures is near
 */
export class PictureGrid extends AdminElement {
  static override properties: PropertyDeclarations = {
    items: { attribute: false },
    hasMore: { attribute: false },
    label: {},
    hrefOf: { attribute: false },
    isPicking: { attribute: false },
  };

  declare items: readonly Image[];
  /** Whether more pictures can be loaded. */
  declare hasMore: boolean;
  declare label: string;
  /** Returns the URL of a picture's view. */
  declare hrefOf: (id: string) => string;
  /** For choosing one picture: selecting is disabled. */
  declare isPicking: boolean;

  readonly selection = new Selection();
  /** The picture that the Tab key reaches. */
  activeId: string | undefined;

  readonly #window = new GridWindow(this, () => this.#rows);
  #places: Map<string, number> | undefined;

  constructor() {
    super();
    this.items = [];
    this.hasMore = false;
    this.isPicking = false;
  }

  /** Focuses the active picture, and scrolls it into view. */
  async focusActive(): Promise<void> {
    this.requestUpdate();
    await this.updateComplete;
    const cell = this.querySelector<HTMLElement>('.cell[tabindex="0"]');
    cell?.focus({ preventScroll: true });
    cell?.scrollIntoView({ block: 'nearest' });
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('items')) this.#itemsChanged(changed.get('items') as readonly Image[]);
  }

  protected override updated(): void {
    const { isMeasured, geometry, span } = this.#window;
    const ahead = Math.ceil((innerHeight * SCREENS_AHEAD) / geometry.pitch);
    if (!isMeasured || !this.hasMore) return;
    if (span.to + ahead >= this.#knownRows) this.#fire('picture-more');
  }

  protected override render(): TemplateResult {
    const rows = this.#rows;
    const shown = this.#window.isMeasured ? this.#shownRows() : [];
    return html`<div
      class="picture-grid"
      role="grid"
      aria-label=${this.label}
      aria-multiselectable=${this.isPicking ? 'false' : 'true'}
      aria-rowcount=${this.hasMore ? -1 : rows}
      aria-colcount=${this.#columns}
      .style=${`height: ${heightOf(this.#window.geometry, rows)}px`}
      @keydown=${this.#pressed}
      @click=${this.#clicked}
      @focusin=${this.#focused}
    >${repeat(
      shown,
      (row) => row,
      (row) => this.#row(row),
    )}</div>`;
  }

  get #columns(): number {
    return this.#window.geometry.columns;
  }

  get #knownRows(): number {
    return Math.ceil(this.items.length / this.#columns);
  }

  get #rows(): number {
    return this.#knownRows + (this.hasMore ? AWAITED_ROWS : 0);
  }

  #row(row: number): TemplateResult {
    const first = row * this.#columns;
    const images = this.items.slice(first, first + this.#columns);
    const awaited = this.hasMore ? this.#columns - images.length : 0;
    const { geometry } = this.#window;
    return pictureRow({ row, images, awaited, geometry }, (image, column) =>
      this.#cell(image, column),
    );
  }

  #cell(image: Image, column: number): TemplateResult {
    const { id } = image;
    return pictureCell(image, {
      column,
      side: this.#window.geometry.side,
      isActive: id === this.#active,
      isSelected: this.isPicking ? undefined : this.selection.ids.has(id),
      href: this.hrefOf(id),
      isRushing: this.#window.isRushing,
    });
  }

  /** The rows near the viewport, and the row of the active cell, so that it keeps the focus. */
  #shownRows(): number[] {
    const { from, to } = this.#window.span;
    const rows = new Set(Array.from({ length: to - from }, (_, n) => from + n));
    const active = this.#active === undefined ? -1 : this.#placeOf(this.#active);
    if (active >= 0) rows.add(Math.floor(active / this.#columns));
    return [...rows].sort((a, b) => a - b);
  }

  get #active(): string | undefined {
    return this.activeId ?? this.items[0]?.id;
  }

  #placeOf(id: string): number {
    this.#places ??= new Map(this.items.map((item, n) => [item.id, n]));
    return this.#places.get(id) ?? -1;
  }

  /** If the active picture is gone, the one in its place becomes active and gets the focus. */
  #itemsChanged(before: readonly Image[] | undefined): void {
    const place = this.activeId ? this.#placeOf(this.activeId) : -1;
    this.#places = undefined;
    for (const id of this.selection.ids) if (this.#placeOf(id) < 0) this.selection.drop(id);
    if (!this.activeId || !before || this.#placeOf(this.activeId) === place) return;
    const hadFocus = this.contains(document.activeElement);
    if (this.#placeOf(this.activeId) < 0) {
      this.activeId = this.items[Math.min(Math.max(place, 0), this.items.length - 1)]?.id;
    }
    if (hadFocus) void this.updateComplete.then(() => this.focusActive());
  }

  #focused({ target }: FocusEvent): void {
    const { id } = (target as Element).closest<HTMLElement>('.cell')?.dataset ?? {};
    if (!id || id === this.activeId) return;
    this.activeId = id;
    this.requestUpdate();
  }

  #clicked(event: MouseEvent): void {
    const target = event.target as Element;
    const { id } = target.closest<HTMLElement>('.cell')?.dataset ?? {};
    if (!id || event.ctrlKey || event.metaKey) return;
    const isCheck = target.closest('.cell-check') !== null;
    if (!isCheck && !event.shiftKey && !this.isPicking) return;
    event.preventDefault();
    this.activeId = id;
    if (this.isPicking) this.#fire('picture-open', id);
    else this.#select(id, event.shiftKey);
  }

  #pressed(event: KeyboardEvent): void {
    const id = this.#active;
    if (!id || event.altKey) return;
    if (this.#moved(event, id) || this.#acted(event, id)) event.preventDefault();
  }

  #moved(event: KeyboardEvent, id: string): boolean {
    const to = cellAfter(event, {
      at: this.#placeOf(id),
      count: this.items.length,
      columns: this.#columns,
      rowsInView: Math.floor(innerHeight / this.#window.geometry.pitch),
    });
    const next = to === undefined ? undefined : this.items[to]?.id;
    if (!next) return false;
    if (event.shiftKey && !this.isPicking) {
      if (!this.selection.anchor) this.selection.start(id);
      this.#extend(next);
      this.#selected();
    }
    this.activeId = next;
    void this.focusActive();
    return true;
  }

  #acted({ key, ctrlKey, metaKey }: KeyboardEvent, id: string): boolean {
    if (key === 'Enter') {
      this.#fire('picture-open', id);
      return true;
    }
    if (this.isPicking) return false;
    if (key === 'a' && (ctrlKey || metaKey)) this.selection.all(this.items.map((item) => item.id));
    else if (ctrlKey || metaKey) return false;
    else if (key === ' ') this.selection.toggle(id);
    else if (key === 'Escape') this.selection.clear();
    else if (key === 'h') this.#fire('picture-hide', id);
    else return false;
    this.#selected();
    return true;
  }

  #select(id: string, isRange: boolean): void {
    if (isRange && this.selection.anchor) this.#extend(id);
    else this.selection.toggle(id);
    this.#selected();
  }

  #extend(id: string): void {
    const anchor = this.#placeOf(this.selection.anchor ?? id);
    const end = this.#placeOf(id);
    const range = this.items.slice(Math.min(anchor, end), Math.max(anchor, end) + 1);
    this.selection.extendTo(range.map((item) => item.id));
  }

  #selected(): void {
    this.requestUpdate();
    this.#fire('picture-select');
  }

  #fire(type: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
  }
}

customElements.define('cafe-admin-picture-grid', PictureGrid);
