import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { PresentedAccount } from '../../src/app/http/admin/accounts/schemas.ts';
import { icon } from '../components/icons.ts';
import { emptyState, errorState, skeleton, staleNote } from '../components/states.ts';
import { AdminView } from '../shell/admin-view.ts';
import { accountRow } from './account-row.ts';
import type { CreateKeyDialog } from './create-key-dialog.ts';
import { CursorList } from './cursor-list.ts';
import './create-key-dialog.ts';
import './accounts.css';

/** The accounts of the API, with the number of their keys and their spending. */
export class Accounts extends AdminView {
  readonly #accounts = new CursorList<PresentedAccount>(this, '/accounts');

  protected override render(): TemplateResult {
    const { error } = this.#accounts;
    if (error?.code === 'accounts_off') {
      const state = {
        icon: 'accounts',
        title: 'There are no accounts',
        text: error.message,
      } as const;
      return html`<div class="view-head"><h1>Accounts</h1></div>
        <section class="card">${emptyState(state)}</section>`;
    }
    return html`<div class="view-head">
        <h1>Accounts</h1>
        <button type="button" class="button primary" @click=${this.#create}>
          ${icon('key')} Create a key…
        </button>
        <p class="soft">The accounts of the API below <code>/v1</code>, and what they have spent. Days are UTC.</p>
      </div>
      ${this.#list()}
      <cafe-admin-create-key
        .api=${this.context.api}
        @key-created=${() => void this.#accounts.renew()}
      ></cafe-admin-create-key>`;
  }

  readonly #create = () =>
    void this.querySelector<CreateKeyDialog>('cafe-admin-create-key')?.open();

  #list(): TemplateResult {
    const { items, error, isWhole, isLoading } = this.#accounts;
    const retry = () => void this.#accounts.renew();
    if (!items) {
      const waiting = skeleton('Loading the accounts', 6);
      return html`<section class="card">${error ? errorState(error, retry) : waiting}</section>`;
    }
    if (items.length === 0) {
      return html`<section class="card">
        ${emptyState({
          icon: 'accounts',
          title: 'No accounts yet',
          text: 'Create a key, and its account is created with it.',
        })}
      </section>`;
    }
    return html`${error ? staleNote(error, retry) : nothing}
      <section class="card" aria-label="The accounts">
        <ul class="account-rows">${repeat(items, ({ id }) => id, accountRow)}</ul>
      </section>
      ${
        isWhole
          ? nothing
          : html`<button
              type="button"
              class="button wide more"
              ?disabled=${isLoading}
              @click=${() => void this.#accounts.more()}
            >${isLoading ? 'Loading…' : 'More accounts'}</button>`
      }`;
  }
}

customElements.define('cafe-admin-accounts', Accounts);
