import type { Served } from './docket.ts';

/** Fewest places laid; those without a dish are only drawn. */
const LAID = 10;

/** Tonight's table: every picture that came to this page once, and how often. */
export class Places {
  readonly #list: HTMLElement;
  readonly #guests = new Map<string, { times: number; place: HTMLElement }>();
  #choose: (served: Served) => void = () => {};

  constructor(list: HTMLElement) {
    this.#list = list;
    for (let laid = 0; laid < LAID; laid += 1) this.#lay();
  }

  onChoose(listener: (served: Served) => void): void {
    this.#choose = listener;
  }

  serve(served: Served): void {
    const { url } = served.dish;
    const guest = this.#guests.get(url) ?? { times: 0, place: this.#freePlace() };
    guest.times += 1;
    this.#guests.set(url, guest);
    guest.place.replaceChildren(this.#button(served, guest.times));
    this.mark(url);
    this.#bringIntoView(guest.place);
  }

  /** Says which of the dishes is on the plate. */
  mark(url: string | undefined): void {
    for (const [at, { place }] of this.#guests) {
      const button = place.querySelector('button');
      if (button) button.ariaCurrent = String(at === url);
    }
  }

  #button(served: Served, times: number): HTMLElement {
    const { dish } = served;
    const button = document.createElement('button');
    button.type = 'button';
    button.title = dish.url;
    button.addEventListener('click', () => this.#choose(served));

    const picture = new Image(72, 72);
    picture.alt = dish.alt;
    picture.src = dish.url;

    const name = document.createElement('span');
    name.textContent = dish.country?.name ?? 'anywhere';
    button.append(picture, name);

    if (times > 1) {
      const count = document.createElement('b');
      count.textContent = `×${times}`;
      button.append(count);
    }
    return button;
  }

  #freePlace(): HTMLElement {
    const places = [...this.#list.children] as HTMLElement[];
    return places.find((place) => place.childElementCount === 0) ?? this.#lay();
  }

  /** Along the table only: the page itself stays where it is. */
  #bringIntoView({ offsetLeft, offsetWidth }: HTMLElement): void {
    const { scrollLeft, clientWidth } = this.#list;
    const isSeen = offsetLeft >= scrollLeft && offsetLeft + offsetWidth <= scrollLeft + clientWidth;
    if (!isSeen) this.#list.scrollTo({ left: offsetLeft - (clientWidth - offsetWidth) / 2 });
  }

  #lay(): HTMLElement {
    return this.#list.appendChild(document.createElement('li'));
  }
}
