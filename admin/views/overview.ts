import { html, type TemplateResult } from 'lit';
import { AdminView } from '../admin-view.ts';

export class Overview extends AdminView {
  protected override render(): TemplateResult {
    return html`<h1>Overview</h1>`;
  }
}

customElements.define('cafe-admin-overview', Overview);
