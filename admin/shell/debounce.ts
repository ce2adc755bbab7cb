import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** The user has stopped typing after this time without input. */
const TYPED_MS = 300;

/** Runs only the last action while the user types, and none once the host is disconnected. */
export class Debounce implements ReactiveController {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.cancel();
  }

  soon(act: () => void): void {
    this.cancel();
    this.#timer = setTimeout(act, TYPED_MS);
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }
}
