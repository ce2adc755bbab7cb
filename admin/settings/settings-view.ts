import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { Setting, Settings as SettingsInForce } from '../api/api-types.ts';
import { Resource } from '../api/resource.ts';
import { icon } from '../components/icons.ts';
import { errorState, skeleton } from '../components/states.ts';
import { AdminView } from '../shell/admin-view.ts';
import { showToast } from '../shell/toasts.ts';
import './settings-view.css';

/** The snippet for the blog, and the current settings. They are read-only here. */
export class Settings extends AdminView {
  static override properties: PropertyDeclarations = { onlySet: { state: true } };

  /** Whether defaults are hidden. */
  declare private onlySet: boolean;

  readonly #settings = new Resource(this, (signal) =>
    this.context.api.get<SettingsInForce>('/settings', {
      query: { service: location.origin },
      signal,
    }),
  );

  protected override render(): TemplateResult {
    return html`<div class="view-head">
        <h1>Settings</h1>
        <p class="soft">Read-only. Set environment variables and restart to change them.</p>
      </div>
      <div class="settings">${this.#embed()} ${this.#groups()}</div>`;
  }

  #embed(): TemplateResult {
    const lines = this.#lines();
    return html`<section class="card" aria-labelledby="embed-title">
      <header>
        <h2 id="embed-title">Add it to your blog</h2>
        <button type="button" class="button small" ?disabled=${!lines} @click=${this.#copy}>
          ${icon('copy')} Copy
        </button>
      </header>
      <p>Add the script and the styles once per page. Add the element where the picture should appear, with
        the page’s own path and type.</p>
      ${
        lines
          ? html`<pre tabindex="0" aria-label="The snippet for your blog"><code>${lines}</code></pre>`
          : skeleton('Loading the snippet', 6)
      }
      ${this.#origins()}
    </section>`;
  }

  #lines(): string | undefined {
    const snippet = this.#settings.value?.snippet;
    if (!snippet) return undefined;
    const { script, styles, element } = snippet;
    return `${script}\n\n<style>\n${styles}\n</style>\n\n${element}`;
  }

  #origins(): TemplateResult {
    const origins = this.#settings.value?.allowedOrigins;
    if (!origins) return html`<p class="origins soft">&nbsp;</p>`;
    if (origins.length === 0) {
      return html`<p class="origins warn-text">
        ${icon('warning')} <span>No other origin is allowed yet. Set <code>CORS_ALLOWED_ORIGINS</code> to the origin of your
        blog, such as <code>https://blog.example</code>.</span>
      </p>`;
    }
    return html`<p class="origins">
      <span class="soft">Allowed origins:</span>
      ${origins.map((origin) => html`<code class="origin">${origin}</code> `)}
    </p>`;
  }

  #groups(): TemplateResult {
    const { value, error } = this.#settings;
    if (!value) {
      const waiting = skeleton('Loading the settings', 12);
      const retry = () => void this.#settings.reload();
      return html`<section class="card">${error ? errorState(error, retry) : waiting}</section>`;
    }
    return html`
      <label class="only-set">
        <input
          type="checkbox"
          .checked=${this.onlySet ?? false}
          @change=${(event: Event) => {
            this.onlySet = (event.target as HTMLInputElement).checked;
          }}
        >
        Only what is set
      </label>
      ${value.groups.map(({ title, settings }) => {
        const shown = this.onlySet ? settings.filter(({ isSet }) => isSet) : settings;
        if (shown.length === 0) return nothing;
        return html`<section class="card" aria-label=${title}>
          <header><h2>${title}</h2></header>
          <dl class="setting-list">${shown.map(settingRow)}</dl>
        </section>`;
      })}
    `;
  }

  async #copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#lines() ?? '');
      showToast({ text: 'Copied.' });
    } catch {
      // The clipboard requires HTTPS and permission.
      const lines = this.querySelector('pre');
      if (lines) getSelection()?.selectAllChildren(lines);
      showToast({ text: 'The snippet is selected. Copy it with Ctrl+C or ⌘C.' });
    }
  }
}

function settingRow({ name, value, isSet, isSecret, about }: Setting): TemplateResult {
  return html`<div>
    <dt><code>${name}</code><span class="soft">${withCode(about)}</span></dt>
    <dd>
      ${isSecret ? html`<span class="soft">${isSet ? 'hidden' : ''}</span>` : inForce(value)}
      <span class="badge ${isSet ? 'good' : ''}">${isSet ? 'set' : isSecret ? 'not set' : 'default'}</span>
    </dd>
  </div>`;
}

/** Renders text between backticks as code. */
function withCode(text: string): unknown[] {
  return text.split('`').map((part, n) => (n % 2 === 1 ? html`<code>${part}</code>` : part));
}

function inForce(value: string | null): TemplateResult {
  return value === null ? html`<span class="soft">none</span>` : html`<code>${value}</code>`;
}

customElements.define('cafe-admin-settings', Settings);
