import { AdminElement } from '../shell/admin-view.ts';

const TICK_MS = 30_000;

/** Renders regularly, because its content depends on the time. */
export abstract class TickingElement extends AdminElement {
  #timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => this.tick(), TICK_MS);
  }

  protected tick(): void {
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }
}
