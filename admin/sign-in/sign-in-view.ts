import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { type AdminApi, ApiError } from '../api/api.ts';
import { icon } from '../components/icons.ts';
import { reasonOf } from '../components/states.ts';
import { formatDuration } from '../format/time.ts';
import { AdminElement } from '../shell/admin-view.ts';
import './sign-in-view.css';

/** @fires cafe-admin-signed-in - the token was accepted, and the response set a session cookie */
export class SignIn extends AdminElement {
  static override properties: PropertyDeclarations = {
    api: { attribute: false },
    isReturning: { attribute: false },
    isForgotten: { attribute: false },
    isShown: { state: true },
    isBusy: { state: true },
    problem: { state: true },
  };

  declare api: AdminApi;
  /** Whether there was a session until now. */
  declare isReturning: boolean;
  /** Whether the token was accepted, but the browser did not keep the session cookie. */
  declare isForgotten: boolean;
  declare private isShown: boolean;
  declare private isBusy: boolean;
  declare private problem: string | undefined;

  protected override firstUpdated(): void {
    if (this.isForgotten) this.problem = forgottenBecause(location);
    this.#field?.focus();
  }

  protected override render(): TemplateResult {
    return html`<main class="sign-in" id="content">
      <form class="card" @submit=${this.#submit} novalidate>
        <span class="sign">Admin</span>
        <h1>Sign in</h1>
        <p class="soft">
          ${
            this.isReturning
              ? 'You are signed out. Sign in again to continue.'
              : html`Enter the value of <code>ADMIN_TOKEN</code>. If it is not set, use the token that the
                  service printed at its start.`
          }
        </p>
        <label for="token">Token</label>
        <div class="token-field">
          <input
            id="token"
            name="token"
            type=${this.isShown ? 'text' : 'password'}
            autocomplete="current-password"
            autocapitalize="off"
            spellcheck="false"
            maxlength="1000"
            required
            aria-invalid=${this.problem ? 'true' : 'false'}
            aria-describedby="token-problem"
          >
          <button
            type="button"
            class="button quiet bare"
            aria-pressed=${this.isShown ? 'true' : 'false'}
            aria-label="Show the token"
            @click=${this.#toggle}
          >${icon(this.isShown ? 'eyeOff' : 'eye')}</button>
        </div>
        <p class="problem" id="token-problem" role="alert">${this.problem ?? nothing}</p>
        <button type="submit" class="button primary wide" ?disabled=${this.isBusy}>
          ${this.isBusy ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
    </main>`;
  }

  get #field(): HTMLInputElement | null {
    return this.querySelector('#token');
  }

  #toggle(): void {
    this.isShown = !this.isShown;
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const token = this.#field?.value.trim() ?? '';
    if (!token) return this.#complain('Enter the token.');
    this.isBusy = true;
    try {
      await this.api.signIn(token);
      this.dispatchEvent(new CustomEvent('cafe-admin-signed-in', { bubbles: true }));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#complain(wordsFor(error));
    } finally {
      this.isBusy = false;
    }
  }

  #complain(problem: string): void {
    this.problem = problem;
    this.#field?.focus();
    this.#field?.select();
  }
}

/** In production, the session cookie requires HTTPS. */
function forgottenBecause({ protocol, host }: Location): string {
  return protocol === 'http:'
    ? `The token is correct, but the browser did not keep the session, because this page uses plain http. Open https://${host}/admin/ instead.`
    : 'The token is correct, but the browser did not keep the session. Allow cookies for this site.';
}

function wordsFor(error: ApiError): string {
  if (error.status === 401) return 'The token is wrong.';
  if (error.status !== 429) return reasonOf(error);
  const left = error.retryAfterSeconds;
  const when = left ? `in ${formatDuration(left * 1000)}` : 'in a quarter of an hour';
  return `Too many wrong tokens. Try again ${when}.`;
}

customElements.define('cafe-admin-sign-in', SignIn);
