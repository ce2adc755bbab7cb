import type { Order } from './cafe-api.ts';
import { READER_ADDRESSES } from './reader-addresses.ts';

/** The form: what is circled on it, and when it is sent. */
export class OrderForm {
  readonly #form: HTMLFormElement;
  readonly #path: HTMLInputElement;
  readonly #note: Element;
  readonly #submit: HTMLButtonElement;
  readonly #submitText: string;

  constructor(form: HTMLFormElement) {
    this.#form = form;
    this.#path = form.querySelector('input[name=pagePath]') as HTMLInputElement;
    this.#note = form.querySelector('#sent-along') as Element;
    this.#submit = form.querySelector('[type=submit]') as HTMLButtonElement;
    this.#submitText = this.#submit.textContent;
    for (const example of form.querySelectorAll<HTMLButtonElement>('.examples button')) {
      example.addEventListener('click', () => this.#fillIn(example));
    }
    form.addEventListener('input', () => this.#changed());
  }

  onOrder(listener: () => void): void {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      listener();
    });
  }

  onChange(listener: () => void): void {
    this.#form.addEventListener('input', listener);
  }

  get order(): Order {
    const fields = new FormData(this.#form);
    return {
      pagePath: String(fields.get('pagePath')),
      pageType: String(fields.get('pageType')),
      address: READER_ADDRESSES[String(fields.get('reader'))],
    };
  }

  set busy(busy: boolean) {
    // Not `disabled`: the focus stays where it is.
    this.#submit.ariaDisabled = String(busy);
    this.#submit.textContent = busy ? 'In the kitchen…' : this.#submitText;
  }

  /** Marks the path as what has to change, by a cafe's apology. */
  refusePath(describedBy: string): void {
    this.#path.setAttribute('aria-invalid', 'true');
    this.#path.setAttribute('aria-describedby', describedBy);
  }

  focusSubmit(): void {
    this.#submit.focus({ preventScroll: true });
  }

  #fillIn(example: HTMLButtonElement): void {
    this.#path.value = example.textContent;
    for (const type of this.#form.querySelectorAll<HTMLInputElement>('[name=pageType]')) {
      type.checked = type.value === example.dataset.pageType;
    }
    this.#path.dispatchEvent(new Event('input', { bubbles: true }));
  }

  #changed(): void {
    this.#path.removeAttribute('aria-invalid');
    this.#path.removeAttribute('aria-describedby');
    const { address } = this.order;
    this.#note.textContent = address
      ? `Sent along as X-Real-IP: ${address}`
      : 'The cafe sees your own address.';
  }
}
