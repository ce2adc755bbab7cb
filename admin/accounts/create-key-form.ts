import { html, nothing, type TemplateResult } from 'lit';
import type { PresentedNewKey } from '../../src/app/http/v1/api-key.ts';
import { icon } from '../components/icons.ts';
import { SCOPE_WORDS, type Scope } from './key-words.ts';

/** The values in the form. */
export interface KeyDraft {
  account: string;
  name: string;
  scopes: readonly Scope[];
  /** A day such as `2027-01-31`; empty for a key that does not expire. */
  expires: string;
}

export interface CreateKeyFormParts {
  draft: KeyDraft;
  /** The account is given, and cannot be changed. */
  isForOne: boolean;
  problem: string | undefined;
  isBusy: boolean;
  change(part: Partial<KeyDraft>): void;
  create(): void;
  cancel(): void;
}

const DAY_MS = 86_400_000;

export function createKeyForm(parts: CreateKeyFormParts): TemplateResult {
  const { draft, isForOne, problem, isBusy, change, create, cancel } = parts;
  const textIn = ({ target }: Event) => (target as HTMLInputElement).value;
  const submit = (event: Event) => {
    event.preventDefault();
    create();
  };
  return html`<form class="create-key" @submit=${submit}>
    <div class="field">
      <label for="key-account">Account</label>
      <input
        id="key-account"
        required
        maxlength="255"
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        aria-describedby="key-account-hint"
        ?autofocus=${!isForOne}
        ?readonly=${isForOne}
        .value=${draft.account}
        @input=${(event: Event) => change({ account: textIn(event).trim() })}
      >
      <p id="key-account-hint" class="hint">
        ${isForOne ? 'The key acts for this account.' : 'It is created if there is none of this name.'}
      </p>
    </div>
    <div class="field">
      <label for="key-name">Name of the key</label>
      <input
        id="key-name"
        required
        maxlength="100"
        autocomplete="off"
        placeholder="What uses it, such as CI"
        ?autofocus=${isForOne}
        .value=${draft.name}
        @input=${(event: Event) => change({ name: textIn(event) })}
      >
    </div>
    ${scopesField(draft, change)}
    <div class="field">
      <label for="key-expires">Expires (optional)</label>
      <input
        id="key-expires"
        type="date"
        min=${new Date(Date.now() + DAY_MS).toISOString().slice(0, 10)}
        aria-describedby="key-expires-hint"
        .value=${draft.expires}
        @input=${(event: Event) => change({ expires: textIn(event) })}
      >
      <p id="key-expires-hint" class="hint">
        At the start of this day, in UTC. Without a day, the key does not expire.
      </p>
    </div>
    <p class="problem" role="alert">${problem ?? nothing}</p>
    <div class="dialog-actions">
      <button type="button" class="button quiet" @click=${cancel}>Cancel</button>
      <button type="submit" class="button primary" ?disabled=${isBusy}>Create key</button>
    </div>
  </form>`;
}

function scopesField({ scopes }: KeyDraft, change: CreateKeyFormParts['change']): TemplateResult {
  const toggle = (scope: Scope, isChosen: boolean) => {
    const others = scopes.filter((each) => each !== scope);
    change({ scopes: isChosen ? [...others, scope] : others });
  };
  return html`<fieldset>
    <legend class="label">The key may</legend>
    ${SCOPE_WORDS.map(
      ({ scope, label, allows }) => html`<label class="scope">
        <input
          type="checkbox"
          name="scope"
          value=${scope}
          .checked=${scopes.includes(scope)}
          @change=${(event: Event) => toggle(scope, (event.target as HTMLInputElement).checked)}
        >
        <span><b>${label}</b>: ${allows}</span>
      </label>`,
    )}
  </fieldset>`;
}

export interface NewKeyParts {
  made: PresentedNewKey;
  hasCopied: boolean;
  copy(): void;
  done(): void;
}

/** Shows the key once. */
export function newKey({ made, hasCopied, copy, done }: NewKeyParts): TemplateResult {
  return html`<div class="new-key">
    <p class="once">
      ${icon('warning')} <span><b>Copy the key now.</b> It is not shown again. A program with this key acts for the
        account <b>${made.account}</b>, so keep it secret.</span>
    </p>
    <code class="new-key-text" tabindex="0" aria-label="The new key">${made.key}</code>
    <div class="dialog-actions">
      <button type="button" class="button copy ${hasCopied ? '' : 'primary'}" @click=${copy}>
        ${icon(hasCopied ? 'check' : 'copy')} ${hasCopied ? 'Copied' : 'Copy key'}
      </button>
      <button type="button" class="button ${hasCopied ? 'primary' : ''}" @click=${done}>Done</button>
    </div>
    <p class="visually-hidden" role="status">${hasCopied ? 'The key is copied.' : nothing}</p>
  </div>`;
}
