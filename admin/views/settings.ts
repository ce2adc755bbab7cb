import { html, type TemplateResult } from 'lit';
import { AdminView } from '../admin-view.ts';

export class Settings extends AdminView {
  protected override render(): TemplateResult {
    return html`<h1>Settings</h1>`;
  }
}

customElements.define('cafe-admin-settings', Settings);
