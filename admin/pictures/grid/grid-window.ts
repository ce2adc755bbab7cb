import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { type GridGeometry, gridGeometry, type RowSpan, rowsNear } from './grid-geometry.ts';

/** Rendered rows before and after the visible ones. */
const OVERSCAN = 2;
/** While scrolling faster than this (screens per frame), no pictures are loaded. */
const RUSH_SCREENS = 0.6;
const RUSH_ENDS_MS = 90;

/** Tracks which rows of a grid are near the viewport. Updates the grid at most once per frame. */
export class GridWindow implements ReactiveController {
  /** Invalid before {@link isMeasured}. */
  geometry: GridGeometry = gridGeometry(0);
  span: RowSpan = { from: 0, to: 0 };
  isMeasured = false;
  isRushing = false;

  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #rows: () => number;
  #resize: ResizeObserver | undefined;
  #frame = 0;
  #top = 0;
  #rushEnds: ReturnType<typeof setTimeout> | undefined;

  /** @param rows returns the number of rows */
  constructor(host: ReactiveControllerHost & HTMLElement, rows: () => number) {
    this.#host = host;
    this.#rows = rows;
    host.addController(this);
  }

  hostConnected(): void {
    this.#resize = new ResizeObserver(() => this.#measure());
    this.#resize.observe(this.#host);
    // Capture the scroll events of all ancestors.
    document.addEventListener('scroll', this.#scrolled, { capture: true, passive: true });
    addEventListener('resize', this.#scrolled);
  }

  hostDisconnected(): void {
    this.#resize?.disconnect();
    document.removeEventListener('scroll', this.#scrolled, { capture: true });
    removeEventListener('resize', this.#scrolled);
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    clearTimeout(this.#rushEnds);
    this.isRushing = false;
  }

  hostUpdate(): void {
    if (this.isMeasured) this.#look();
  }

  #measure(): void {
    const width = this.#host.clientWidth;
    if (width === 0) return;
    this.geometry = gridGeometry(width);
    this.isMeasured = true;
    this.#host.requestUpdate();
  }

  #scrolled = (): void => {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      const { from, to } = this.span;
      this.#look();
      if (from !== this.span.from || to !== this.span.to) this.#host.requestUpdate();
    });
  };

  #look(): void {
    const top = -this.#host.getBoundingClientRect().top;
    const moved = Math.abs(top - this.#top);
    this.#top = top;
    if (moved > innerHeight * RUSH_SCREENS) this.#rush();
    const view = { top, height: innerHeight, overscan: OVERSCAN };
    this.span = rowsNear(this.geometry, this.#rows(), view);
  }

  #rush(): void {
    this.isRushing = true;
    clearTimeout(this.#rushEnds);
    this.#rushEnds = setTimeout(() => {
      this.isRushing = false;
      this.#host.requestUpdate();
    }, RUSH_ENDS_MS);
  }
}
