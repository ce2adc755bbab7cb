import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Typing is over when nothing was typed for so long. */
const TYPED_MS = 300;

/** Does only the last of what is asked for while somebody types, and nothing once its host is gone. */
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
