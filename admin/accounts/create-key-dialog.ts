import { html, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { PresentedNewKey } from '../../src/app/http/v1/api-key.ts';
import { type AdminApi, ApiError } from '../api/api.ts';
import { icon } from '../components/icons.ts';
import { reasonOf } from '../components/states.ts';
import { AdminElement } from '../shell/admin-view.ts';
import { createKeyForm, type KeyDraft, newKey } from './create-key-form.ts';
import { asSentence } from './key-words.ts';
import '../design/dialog.css';

const EMPTY: KeyDraft = { account: '', name: '', scopes: ['generate', 'read'], expires: '' };

/**
 * A dialog that creates an API key and shows it once.
 *
 * @fires key-created - a key was created; its detail is the account
 */
export class CreateKeyDialog extends AdminElement {
  static override properties: PropertyDeclarations = {
    api: { attribute: false },
    draft: { state: true },
    made: { state: true },
    problem: { state: true },
    isBusy: { state: true },
    hasCopied: { state: true },
  };

  declare api: AdminApi;
  declare private draft: KeyDraft;
  declare private made: PresentedNewKey | undefined;
  declare private problem: string | undefined;
  declare private isBusy: boolean;
  declare private hasCopied: boolean;
  #isForOne = false;

  constructor() {
    super();
    this.draft = EMPTY;
  }

  /** @param account the account of the key; `undefined` to ask for it */
  async open(account?: string): Promise<void> {
    this.#isForOne = account !== undefined;
    this.draft = { ...EMPTY, account: account ?? '' };
    this.problem = undefined;
    await this.updateComplete;
    this.#dialog?.showModal();
  }

  protected override render(): TemplateResult {
    const { made } = this;
    return html`<dialog
      class="dialog"
      aria-labelledby="create-key-title"
      @cancel=${this.#cancel}
      @close=${this.#closed}
      @click=${this.#clicked}
    >
      <header>
        <h2 id="create-key-title">${made ? `The key “${made.name}”` : 'Create an API key'}</h2>
        <button type="button" class="button quiet bare" aria-label="Close" @click=${this.#close}>
          ${icon('close')}
        </button>
      </header>
      ${made ? this.#shown(made) : this.#form()}
    </dialog>`;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.querySelector('dialog');
  }

  #form(): TemplateResult {
    return createKeyForm({
      draft: this.draft,
      isForOne: this.#isForOne,
      problem: this.problem,
      isBusy: this.isBusy,
      change: (part) => {
        this.draft = { ...this.draft, ...part };
        this.problem = undefined;
      },
      create: () => void this.#create(),
      cancel: this.#close,
    });
  }

  #shown(made: PresentedNewKey): TemplateResult {
    const copy = () => void this.#copy(made.key);
    return newKey({ made, hasCopied: this.hasCopied, copy, done: this.#close });
  }

  async #create(): Promise<void> {
    if (this.isBusy) return;
    const { account, name, scopes, expires } = this.draft;
    if (scopes.length === 0) {
      this.problem = 'Choose at least one thing that the key may do.';
      return;
    }
    const expiresAt = expires === '' ? null : `${expires}T00:00:00Z`;
    this.isBusy = true;
    try {
      const body = { account, name, scopes, expiresAt };
      this.made = await this.api.post<PresentedNewKey>('/keys', body);
      this.dispatchEvent(new CustomEvent('key-created', { bubbles: true, detail: account }));
      await this.updateComplete;
      this.querySelector<HTMLButtonElement>('.copy')?.focus();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = asSentence(reasonOf(error));
    } finally {
      this.isBusy = false;
    }
  }

  async #copy(key: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(key);
    } catch {
      // The clipboard requires HTTPS and permission. The selected text can be copied by hand.
      const text = this.querySelector('.new-key-text');
      if (text) getSelection()?.selectAllChildren(text);
      return;
    }
    this.hasCopied = true;
  }

  readonly #close = () => this.#dialog?.close();

  /**
   * The key is gone once the dialog is closed, so `Esc` closes the dialog only after the key was
   * copied.
   */
  #cancel(event: Event): void {
    if (this.made && !this.hasCopied) event.preventDefault();
  }

  /** Nothing keeps the key any longer. */
  #closed(): void {
    this.made = undefined;
    this.hasCopied = false;
    this.draft = EMPTY;
  }

  /** A click on the backdrop closes the dialog, but not before the key was copied. */
  #clicked({ target }: Event): void {
    if (target === this.#dialog && (!this.made || this.hasCopied)) this.#close();
  }
}

customElements.define('cafe-admin-create-key', CreateKeyDialog);
