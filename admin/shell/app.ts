import { html, type PropertyDeclarations, type TemplateResult } from 'lit';
import { AdminApi, ApiError } from '../api/api.ts';
import type { Budget } from '../api/api-types.ts';
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

/** The frame around all views, and who is let in. */
export class AdminApp extends AdminElement {
  static override properties: PropertyDeclarations = {
    session: { state: true },
    budget: { state: true },
    failure: { state: true },
  };

  /** `ended` where there was one until now. */
  declare private session: Session;
  declare private budget: Budget | undefined;
  /** Why it is not known whether there is a session, or why a view did not load. */
  declare private failure: ApiError | undefined;

  readonly #context: AdminContext = {
    api: new AdminApi(),
    changes: new Changes(),
    router: new Router(ROUTES),
  };
  #view: AdminView | undefined;
  /** The cafe has let this browser in, which has not shown its session yet. */
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
          <a class="sign" href="/admin/" aria-label="Back office, overview">Back office</a>
          ${navigation(router.route?.tag)}
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
      : skeleton('BudgetSchedule the back office', 1);
  }

  #main(): unknown {
    if (this.failure) return errorState(this.failure, () => void this.#reload());
    if (this.#view) return this.#view;
    return this.#context.router.route
      ? skeleton('Loading', 4)
      : html`<h1>There is nothing here</h1><p><a href="/admin/">To the overview</a></p>`;
  }

  /** Finds out whether there is a session, by asking for what the frame shows. */
  async #enter(): Promise<void> {
    this.failure = undefined;
    await this.#readBudget();
    if (!this.budget || this.session === 'in') return;
    this.session = 'in';
    this.#hasSignedIn = false;
    this.#context.changes.start();
    await this.#showRoute();
  }

  #leave(): void {
    this.session = this.session === 'unknown' ? 'out' : 'ended';
    this.#context.changes.stop();
    this.budget = undefined;
    this.#view = undefined;
    document.title = 'Sign in · Back office';
  }

  async #readBudget(): Promise<void> {
    try {
      this.budget = await this.#context.api.get<Budget>('/budget');
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // Later, what was known stays, and each view tells of its own.
      if (this.session === 'unknown' && error.status !== 401) this.failure = error;
    }
  }

  async #showRoute(): Promise<void> {
    const { route } = this.#context.router;
    if (this.session !== 'in') return;
    this.failure = undefined;
    document.title = `${route?.title ?? 'Not found'} · Back office`;
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

  /** The document that has just been loaded has its focus where a document's is. */
  #hasMoved = false;

  async #openView(route: NonNullable<Router['route']>): Promise<void> {
    try {
      await route.load();
    } catch {
      // After a deployment the files of before are gone; loading the page again brings the new ones.
      const message = 'A part of the page could not be loaded.';
      this.failure = new ApiError(message, { code: 'unloadable', status: 0 });
      return;
    }
    const view = document.createElement(route.tag) as AdminView;
    Object.assign(view, { context: this.#context, route, budget: this.budget });
    if (route === this.#context.router.route) this.#view = view;
  }

  /**
   * Browsers do not ask again for a module or a stylesheet that failed, until the document is loaded
   * again; which would leave nothing to be seen while the cafe is away.
   */
  async #reload(): Promise<void> {
    const work = async () => {
      await this.#context.api.get<Budget>('/budget');
      location.reload();
    };
    await orToast(work, 'Not yet.');
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
