import type { Dish } from './cafe-api.ts';

/** A dish that came to this page, and how long it took. */
export interface Served {
  dish: Dish;
  milliseconds: number;
}

const SOURCES: Record<Dish['source'], { short: string; remark: string }> = {
  generated: {
    short: 'generated just now',
    remark: 'Freshly painted, and kept for the next reader.',
  },
  stored: {
    short: 'kept from before',
    remark: 'From the page’s stable key: nothing new was made.',
  },
  fallback: {
    short: 'fallback',
    remark: 'Today’s budget is spent, so here is an older dish.',
  },
};

/** The slip below the plate: where the picture came from. */
export class Docket {
  readonly #root: HTMLElement;
  #ticking: ReturnType<typeof setInterval> | undefined;

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  busy(): void {
    this.#write('Your order is in the kitchen.', {});
    let seconds = 0;
    this.#ticking = setInterval(() => {
      seconds += 1;
      this.#value('time', `${seconds} s so far`);
    }, 1000);
  }

  serve({ dish, milliseconds }: Served): void {
    const { short, remark } = SOURCES[dish.source];
    this.#write(remark, {
      source: short,
      country: dish.country?.name ?? 'unknown: from anywhere',
      time: `${Math.round(milliseconds).toLocaleString('en')} ms`,
      url: dish.url,
    });
  }

  apologise(): void {
    this.#write('No dish this time.', {});
  }

  #write(remark: string, values: Record<string, string>): void {
    clearInterval(this.#ticking);
    const status = this.#root.querySelector('.remark');
    if (status) status.textContent = remark;
    for (const name of ['source', 'country', 'time', 'url']) this.#value(name, values[name] ?? '');
    const copy = this.#root.querySelector<HTMLElement>('.copy');
    if (copy) copy.hidden = values.url === undefined;
  }

  #value(name: string, text: string): void {
    const element = this.#root.querySelector(`[data-of=${name}]`);
    if (element) element.textContent = text;
  }
}
