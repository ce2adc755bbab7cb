import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { AdminElement } from '../admin-view.ts';
import { formatMoment, relativeTime } from '../format/time.ts';

const TICK_MS = 30_000;

/** How long ago something was, kept up to date; the moment itself is its title. */
export class RelativeTime extends AdminElement {
  static override properties: PropertyDeclarations = { at: {} };

  /** ISO 8601. */
  declare at: string;

  #timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => this.requestUpdate(), TICK_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.at) return nothing;
    return html`<time datetime=${this.at} title=${formatMoment(this.at)}>${relativeTime(this.at)}</time>`;
  }
}

customElements.define('cafe-admin-time', RelativeTime);
