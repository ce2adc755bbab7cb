import { html, type TemplateResult } from 'lit';
import { AdminView } from '../admin-view.ts';

export class Activity extends AdminView {
  protected override render(): TemplateResult {
    return html`<h1>Activity</h1>`;
  }
}

customElements.define('cafe-admin-activity', Activity);
