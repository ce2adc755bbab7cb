import type { Apology, Dish } from './cafe-api.ts';

/** The square in which the picture appears; its size never changes. */
export class Plate {
  readonly #root: HTMLElement;
  readonly #picture: HTMLElement;
  readonly #apology: HTMLElement;
  readonly #tryAgain: HTMLElement;

  constructor(root: HTMLElement) {
    this.#root = root;
    this.#picture = root.querySelector('.picture') as HTMLElement;
    this.#apology = root.querySelector('.apology') as HTMLElement;
    this.#tryAgain = this.#apology.querySelector('button') as HTMLElement;
  }

  onTryAgain(listener: () => void): void {
    this.#tryAgain.addEventListener('click', listener);
  }

  busy(): void {
    this.#root.scrollIntoView({ block: 'nearest' });
    this.#show('busy');
  }

  /** Resolves when the picture is to be seen; throws where it cannot be loaded. */
  async serve(dish: Dish): Promise<void> {
    const picture = new Image(1024, 1024);
    picture.alt = dish.alt;
    picture.src = dish.url;
    await picture.decode();
    this.#picture.replaceChildren(picture);
    this.#show('served');
  }

  /** @param mayHelp whether the same order could succeed another time */
  apologise({ message, code, requestId }: Apology, mayHelp: boolean): void {
    this.#tryAgain.hidden = !mayHelp;
    this.#text('.message', message);
    this.#text('.details :first-child', code ?? '');
    this.#text('.details :last-child', requestId ? `request ${requestId}` : '');
    this.#show('sorry');
  }

  #show(state: 'busy' | 'served' | 'sorry'): void {
    this.#root.dataset.state = state;
    this.#root.ariaBusy = String(state === 'busy');
  }

  #text(selector: string, text: string): void {
    const element = this.#apology.querySelector(selector);
    if (element) element.textContent = text;
  }
}
