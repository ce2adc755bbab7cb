import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { formatMoment, relativeTime } from '../format/time.ts';
import { figure } from './figure.ts';
import { TickingElement } from './ticking-element.ts';

/** A relative time that stays up to date. Its tooltip shows the absolute time. */
export class RelativeTime extends TickingElement {
  static override properties: PropertyDeclarations = { at: {} };

  /** ISO 8601. */
  declare at: string;

  protected override render(): TemplateResult | typeof nothing {
    if (!this.at) return nothing;
    const text = relativeTime(this.at);
    return html`<time datetime=${this.at} title=${formatMoment(this.at)}>${figure(text)}</time>`;
  }
}

customElements.define('cafe-admin-time', RelativeTime);
