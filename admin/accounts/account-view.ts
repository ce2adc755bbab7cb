import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { PresentedAccount } from '../../src/app/http/admin/accounts/schemas.ts';
import type { PresentedKey } from '../../src/app/http/v1/api-key.ts';
import { Resource } from '../api/resource.ts';
import { icon } from '../components/icons.ts';
import { emptyState, errorState, skeleton, staleNote } from '../components/states.ts';
import { AdminView } from '../shell/admin-view.ts';
import { accountFigures } from './account-row.ts';
import type { CreateKeyDialog } from './create-key-dialog.ts';
import { CursorList } from './cursor-list.ts';
import { keyRow } from './key-row.ts';
import type { RevokeKeyDialog } from './revoke-key-dialog.ts';
import './create-key-dialog.ts';
import './revoke-key-dialog.ts';
import './accounts.css';

/** One account: what it has spent, and its keys. */
export class AccountDetails extends AdminView {
  readonly #account = new Resource(
    this,
    (signal) =>
      this.context.api.get<PresentedAccount>(`/accounts/${encodeURIComponent(this.#id)}`, {
        signal,
      }),
    { topics: ['activity', 'generations'] },
  );
  readonly #keys = new CursorList<PresentedKey>(this, '/keys', () => ({ account: this.#id }));
  #shownId = '';

  get #id(): string {
    return this.route.params.id ?? '';
  }

  protected override willUpdate(): void {
    if (this.#shownId !== '' && this.#shownId !== this.#id) {
      this.#account.value = undefined;
      void this.#account.reload();
      this.#keys.restart();
    }
    this.#shownId = this.#id;
  }

  protected override render(): TemplateResult {
    return html`<a class="button quiet small back" href="/admin/accounts">${icon('back')} Accounts</a>
      <div class="view-head">
        <h1>${this.#id}</h1>
        <button type="button" class="button primary" @click=${this.#create}>
          ${icon('key')} Create a key…
        </button>
      </div>
      <section class="card account-card" aria-label="In numbers">${this.#figures()}</section>
      <section class="card" aria-labelledby="keys-title">
        <header><h2 id="keys-title">Keys</h2></header>
        ${this.#keyList()}
      </section>
      <cafe-admin-create-key
        .api=${this.context.api}
        @key-created=${this.#renew}
      ></cafe-admin-create-key>
      <cafe-admin-revoke-key
        .api=${this.context.api}
        @key-revoked=${this.#renew}
      ></cafe-admin-revoke-key>`;
  }

  #figures(): TemplateResult {
    const { value, error } = this.#account;
    if (value) return accountFigures(value);
    if (error?.status === 404) return html`<p class="soft">${error.message}</p>`;
    if (error) return staleNote(error, () => void this.#account.reload());
    return skeleton('Loading the account', 1);
  }

  #keyList(): TemplateResult {
    const { items, error, isWhole, isLoading } = this.#keys;
    const retry = () => void this.#keys.renew();
    if (!items) return error ? errorState(error, retry) : skeleton('Loading the keys', 6);
    if (items.length === 0) {
      return emptyState({
        icon: 'key',
        title: 'No keys yet',
        text: 'Create one for each program that calls the API, so that you can revoke them one by one.',
      });
    }
    return html`${error ? staleNote(error, retry) : nothing}
      <ul class="key-rows">
        ${repeat(
          items,
          ({ id }) => id,
          (key) => keyRow(key, this.#revoke),
        )}
      </ul>
      ${
        isWhole
          ? nothing
          : html`<button
              type="button"
              class="button wide more"
              ?disabled=${isLoading}
              @click=${() => void this.#keys.more()}
            >${isLoading ? 'Loading…' : 'More keys'}</button>`
      }`;
  }

  readonly #create = () =>
    void this.querySelector<CreateKeyDialog>('cafe-admin-create-key')?.open(this.#id);

  readonly #revoke = (key: PresentedKey) =>
    void this.querySelector<RevokeKeyDialog>('cafe-admin-revoke-key')?.open(key);

  readonly #renew = () => {
    void this.#keys.renew();
    void this.#account.reload();
  };
}

customElements.define('cafe-admin-account', AccountDetails);
