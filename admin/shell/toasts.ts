import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { icon } from '../components/icons.ts';
import { AdminElement } from './admin-view.ts';

export interface Toast {
  /** One sentence, such as “The picture is hidden.” */
  text: string;
  /** Must show another toast if it fails. */
  undo?: () => void | Promise<void>;
  tone?: 'done' | 'failed';
  /** Replaces an older toast with the same subject, whose undo is no longer valid. */
  about?: string;
}

interface Shown extends Toast {
  key: number;
  ends: number;
}

const EVENT = 'cafe-admin-toast';
/** Toasts with an undo button stay longer. */
const SHOWN_MS = { plain: 6000, undoable: 12_000 };
const MAX_SHOWN = 3;

/** Shows a short message, optionally with an undo button. */
export function showToast(toast: Toast): void {
  dispatchEvent(new CustomEvent(EVENT, { detail: toast }));
}

/** Shows the toasts. They stay while the pointer or the focus is on one of them. */
export class Toasts extends AdminElement {
  #toasts: Shown[] = [];
  #count = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener(EVENT, this.#add);
    this.#timer = setInterval(() => this.#sweep(), 500);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener(EVENT, this.#add);
    clearInterval(this.#timer);
  }

  protected override render(): TemplateResult {
    return html`<section class="toasts" aria-label="Notifications">
      <div role="status" aria-live="polite">
        ${repeat(
          this.#toasts,
          ({ key }) => key,
          (toast) => html`<div class="toast ${toast.tone ?? 'done'}">
            ${icon(toast.tone === 'failed' ? 'warning' : 'check')}
            <span>${toast.text}</span>
            ${
              toast.undo
                ? html`<button type="button" class="button small" @click=${() => this.#undo(toast)}>
                    ${icon('undo')} Undo
                  </button>`
                : nothing
            }
            <button
              type="button"
              class="button quiet small bare"
              aria-label="Dismiss"
              @click=${() => this.#drop(toast)}
            >${icon('close')}</button>
          </div>`,
        )}
      </div>
    </section>`;
  }

  #add = (event: Event): void => {
    const { detail } = event as CustomEvent<Toast>;
    this.#count += 1;
    const ends = Date.now() + (detail.undo ? SHOWN_MS.undoable : SHOWN_MS.plain);
    const { about } = detail;
    const others = this.#toasts.filter((each) => about === undefined || each.about !== about);
    this.#toasts = [...others, { ...detail, key: this.#count, ends }].slice(-MAX_SHOWN);
    this.requestUpdate();
  };

  #sweep(): void {
    if (this.#toasts.length === 0 || this.matches(':has(.toast:hover, :focus)')) return;
    const now = Date.now();
    const left = this.#toasts.filter(({ ends }) => ends > now);
    if (left.length === this.#toasts.length) return;
    this.#toasts = left;
    this.requestUpdate();
  }

  #drop(toast: Shown): void {
    this.#toasts = this.#toasts.filter((each) => each !== toast);
    this.requestUpdate();
  }

  #undo(toast: Shown): void {
    this.#drop(toast);
    void toast.undo?.();
  }
}

customElements.define('cafe-admin-toasts', Toasts);
