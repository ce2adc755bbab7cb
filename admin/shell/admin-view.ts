import { LitElement, type PropertyDeclarations } from 'lit';
import type { AdminApi } from '../api/api.ts';
import type { Budget } from '../api/api-types.ts';
import type { Changes } from '../api/changes.ts';
import type { Route, Router } from './router.ts';

/** Shared objects for all views. */
export interface AdminContext {
  api: AdminApi;
  changes: Changes;
  router: Router;
}

/** An element without shadow DOM, so that the page's stylesheets apply. */
export class AdminElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}

/**
 * The main content of the page. The frame sets its properties before it is connected, and whenever they
 * change. It renders an `<h1>`, which the frame focuses.
 *
 * @fires cafe-admin-budget - with the new {@link Budget}, once the view has changed it
 */
export class AdminView extends AdminElement {
  static override properties: PropertyDeclarations = {
    context: { attribute: false },
    route: { attribute: false },
    budget: { attribute: false },
  };

  declare context: AdminContext;
  /** Parameters and query may change while the view stays. */
  declare route: Route;
  /** Kept up to date by the frame; `undefined` until it is loaded. */
  declare budget: Budget | undefined;

  /** Publishes a budget from a response to the whole page. */
  protected tellBudget(detail: Budget): void {
    this.dispatchEvent(new CustomEvent('cafe-admin-budget', { bubbles: true, detail }));
  }
}
