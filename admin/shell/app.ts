import { html, type PropertyDeclarations, type TemplateResult } from 'lit';
import { AdminApi, ApiError } from '../api/api.ts';
import type { Budget, Status } from '../api/api-types.ts';
import { Changes } from '../api/changes.ts';
import { errorState, reasonOf, skeleton } from '../components/states.ts';
import { type AdminContext, AdminElement, type AdminView } from './admin-view.ts';
import { changePause } from './change-pause.ts';
import { connectionSign, navigation, notices, signOutButton } from './frame.ts';
import { orToast } from './or-toast.ts';
import { Router } from './router.ts';
import { ROUTES } from './routes.ts';
import '../components/relative-time.ts';
import { showToast } from './toasts.ts';
import '../sign-in/sign-in-view.ts';
import '../design/tokens.css';
import '../design/base.css';
import '../design/controls.css';
import '../design/surfaces.css';
import '../design/states.css';
import '../design/frame.css';

type Session = 'unknown' | 'in' | 'out' | 'ended';

/** The frame around all views, and the sign-in. */
export class AdminApp extends AdminElement {
  static override properties: PropertyDeclarations = {
    session: { state: true },
    budget: { state: true },
    failure: { state: true },
  };

  /** `ended`: there was a session until now. */
  declare private session: Session;
  declare private budget: Budget | undefined;
  /** Why the session could not be checked, or why a view did not load. */
  declare private failure: ApiError | undefined;

  readonly #context: AdminContext = {
    api: new AdminApi(),
    changes: new Changes(),
    router: new Router(ROUTES),
  };
  #view: AdminView | undefined;
  /** Whether the service has an API with accounts. */
  #hasAccounts = false;
  /** The token was accepted, but no request has succeeded with the new session yet. */
  #hasSignedIn = false;

  constructor() {
    super();
    this.session = 'unknown';
    const { api, changes, router } = this.#context;
    api.addEventListener('signed-out', () => this.#leave());
    router.addEventListener('change', () => void this.#showRoute());
    changes.addEventListener('state', () => this.requestUpdate());
    changes.addEventListener('refused', () => void this.#readBudget());
    changes.watch(['activity', 'generations'], () => void this.#readBudget());
    this.addEventListener('cafe-admin-signed-in', () => {
      this.session = 'unknown';
      this.#hasSignedIn = true;
      void this.#enter();
    });
    this.addEventListener('cafe-admin-budget-over', () => void this.#readBudget());
    this.addEventListener('cafe-admin-budget', (event) => {
      this.budget = (event as CustomEvent<Budget>).detail;
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#enter();
  }

  protected override willUpdate(): void {
    if (this.#view) this.#view.budget = this.budget;
  }

  protected override render(): TemplateResult {
    const { api, changes, router } = this.#context;
    if (this.session === 'out' || this.session === 'ended') {
      return html`<cafe-admin-sign-in
        .api=${api}
        .isReturning=${this.session === 'ended'}
        .isForgotten=${this.#hasSignedIn}
      ></cafe-admin-sign-in><cafe-admin-toasts></cafe-admin-toasts>`;
    }
    if (this.session === 'unknown') return html`<main class="opening">${this.#opening()}</main>`;
    return html`
      <a class="skip" href="#content" @click=${this.#skip}>Skip to the content</a>
      <div class="frame">
        <header class="side">
          <a class="sign" href="/admin/" aria-label="Admin, overview">Admin</a>
          ${navigation(router.route?.tag, this.#hasAccounts)}
          <div class="side-end">
            ${notices(!!this.budget?.paused, changes.state, () => this.#resume())}
            ${connectionSign(changes.state)}
            ${signOutButton(() => void this.#signOut())}
          </div>
        </header>
        <main id="content" tabindex="-1">${this.#main()}</main>
      </div>
      <cafe-admin-toasts></cafe-admin-toasts>
    `;
  }

  #opening(): TemplateResult {
    return this.failure
      ? errorState(this.failure, () => void this.#enter())
      : skeleton('Opening the admin', 1);
  }

  #main(): unknown {
    if (this.failure) return errorState(this.failure, () => void this.#reload());
    if (this.#view) return this.#view;
    return this.#context.router.route
      ? skeleton('Loading', 4)
      : html`<h1>Page not found</h1><p><a href="/admin/">Go to the overview</a></p>`;
  }

  /** Checks for a session by loading the budget, which the frame needs anyway. */
  async #enter(): Promise<void> {
    this.failure = undefined;
    const [, hasAccounts] = await Promise.all([this.#readBudget(), this.#readHasAccounts()]);
    if (!this.budget || this.session !== 'unknown') return;
    this.#hasAccounts = hasAccounts;
    this.session = 'in';
    this.#hasSignedIn = false;
    this.#context.changes.start();
    await this.#showRoute();
  }

  /** Read before the navigation is shown, so that its entries stay where they are. */
  async #readHasAccounts(): Promise<boolean> {
    try {
      return (await this.#context.api.get<Status>('/status')).hasAccounts;
    } catch (error) {
      if (error instanceof ApiError) return false;
      throw error;
    }
  }

  #leave(): void {
    // Several requests may learn of it.
    if (this.session === 'out' || this.session === 'ended') return;
    this.session = this.session === 'unknown' ? 'out' : 'ended';
    this.#context.changes.stop();
    this.budget = undefined;
    this.#view = undefined;
    document.title = 'Sign in · Admin';
  }

  async #readBudget(): Promise<void> {
    try {
      this.budget = await this.#context.api.get<Budget>('/budget');
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // Later failures keep the old budget. Each view reports its own failures.
      if (this.session === 'unknown' && error.status !== 401) this.failure = error;
    }
  }

  async #showRoute(): Promise<void> {
    const { route } = this.#context.router;
    if (this.session !== 'in') return;
    this.failure = undefined;
    document.title = `${route?.title ?? 'Not found'} · Admin`;
    if (route && this.#view?.localName === route.tag) {
      const isElsewhere = JSON.stringify(this.#view.route.params) !== JSON.stringify(route.params);
      this.#view.route = route;
      if (!isElsewhere) return;
    } else {
      this.#view = undefined;
      if (route) await this.#openView(route);
      if (route !== this.#context.router.route) return;
    }
    this.requestUpdate();
    await this.updateComplete;
    await this.#view?.updateComplete;
    if (this.#hasMoved) this.#focusHeading();
    this.#hasMoved = true;
  }

  /** The first view after a page load must not take the focus. */
  #hasMoved = false;

  async #openView(route: NonNullable<Router['route']>): Promise<void> {
    try {
      await route.load();
    } catch {
      // After a deployment, the old files are gone. Reloading the page fetches the new ones.
      const message = 'A part of the page could not be loaded.';
      this.failure = new ApiError(message, { code: 'unloadable', status: 0 });
      return;
    }
    const view = document.createElement(route.tag) as AdminView;
    Object.assign(view, { context: this.#context, route, budget: this.budget });
    if (route === this.#context.router.route) this.#view = view;
  }

  /**
   * Browsers only retry a failed module after a page reload. A reload while the service is down would leave
   * an empty page, so check first that the service responds.
   */
  async #reload(): Promise<void> {
    const work = async () => {
      await this.#context.api.get<Budget>('/budget');
      location.reload();
    };
    await orToast(work, 'The page could not be reloaded.');
  }

  #focusHeading(): void {
    const heading = this.querySelector<HTMLElement>('main h1');
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }

  #skip(event: Event): void {
    event.preventDefault();
    this.querySelector<HTMLElement>('#content')?.focus();
  }

  #resume(): void {
    void changePause(this.#context.api, false, (budget) => {
      this.budget = budget;
    });
  }

  async #signOut(): Promise<void> {
    try {
      await this.#context.api.signOut();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 401) this.#leave();
      else showToast({ text: `You are still signed in. ${reasonOf(error)}`, tone: 'failed' });
    }
  }
}

customElements.define('cafe-admin-app', AdminApp);
