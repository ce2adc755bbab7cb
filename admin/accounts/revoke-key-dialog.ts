import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { PresentedKey } from '../../src/app/http/v1/api-key.ts';
import { type AdminApi, ApiError } from '../api/api.ts';
import { deliberate } from '../components/deliberate.ts';
import { reasonOf } from '../components/states.ts';
import { AdminElement } from '../shell/admin-view.ts';
import { showToast } from '../shell/toasts.ts';
import '../design/dialog.css';

/**
 * Asks before it revokes a key.
 *
 * @fires key-revoked - the key was revoked
 */
export class RevokeKeyDialog extends AdminElement {
  static override properties: PropertyDeclarations = {
    api: { attribute: false },
    key: { state: true },
    problem: { state: true },
    isBusy: { state: true },
  };

  declare api: AdminApi;
  declare private key: PresentedKey | undefined;
  declare private problem: string | undefined;
  declare private isBusy: boolean;

  async open(key: PresentedKey): Promise<void> {
    this.key = key;
    this.problem = undefined;
    await this.updateComplete;
    this.querySelector('dialog')?.showModal();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { key } = this;
    if (!key) return nothing;
    return html`<dialog class="dialog" aria-labelledby="revoke-key-title">
      <header><h2 id="revoke-key-title">Revoke “${key.name}”?</h2></header>
      <p>
        The key <code>${key.prefix}…${key.lastFour}</code> of <b>${key.account}</b> is refused from now on.
        You cannot undo this. Work that it has submitted goes on.
      </p>
      <p class="problem" role="alert">${this.problem ?? nothing}</p>
      <div class="dialog-actions">
        <button type="button" class="button" autofocus @click=${this.#close}>Keep it</button>
        <button
          type="button"
          class="button danger"
          ?disabled=${this.isBusy}
          @click=${deliberate(() => void this.#revoke(key))}
        >Revoke the key</button>
      </div>
    </dialog>`;
  }

  async #revoke({ id, name }: PresentedKey): Promise<void> {
    this.isBusy = true;
    try {
      await this.api.delete(`/keys/${id}`);
      this.#close();
      showToast({ text: `The key “${name}” is revoked.` });
      this.dispatchEvent(new CustomEvent('key-revoked', { bubbles: true }));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = reasonOf(error);
    } finally {
      this.isBusy = false;
    }
  }

  readonly #close = () => this.querySelector('dialog')?.close();
}

customElements.define('cafe-admin-revoke-key', RevokeKeyDialog);
