import { LitElement, type PropertyDeclarations } from 'lit';
import type { AdminApi } from '../api/api.ts';
import type { Budget } from '../api/api-types.ts';
import type { Changes } from '../api/changes.ts';
import type { Route, Router } from './router.ts';

/** What every view is given once. */
export interface AdminContext {
  api: AdminApi;
  changes: Changes;
  router: Router;
}

/** Of an element that lives in the document itself, where the page's stylesheets reach. */
export class AdminElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}

/**
 * A view: what is in the frame's main part. The frame sets its properties before it is connected, and
 * again when one of them changes. It renders an `<h1>`, which the frame moves the focus to.
 *
 * @fires cafe-admin-budget - with a {@link Budget} as its detail, once the view has changed it
 */
export class AdminView extends AdminElement {
  static override properties: PropertyDeclarations = {
    context: { attribute: false },
    route: { attribute: false },
    budget: { attribute: false },
  };

  declare context: AdminContext;
  /** Its parameters and query may change while the view stays. */
  declare route: Route;
  /** Kept up to date by the frame; `undefined` until it is known. */
  declare budget: Budget | undefined;

  /** Lets the whole page know a budget that an answer brought. */
  protected tellBudget(detail: Budget): void {
    this.dispatchEvent(new CustomEvent('cafe-admin-budget', { bubbles: true, detail }));
  }
}
