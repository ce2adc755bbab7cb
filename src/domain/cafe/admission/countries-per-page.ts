import type { CountryCode } from '../../countries/country.ts';
import { BoundedMap } from '../../kernel/bounded-map.ts';
import type { Clock } from '../../kernel/clock.ts';
import { type Day, dayAt } from '../../kernel/day.ts';
import type { Page, PageRequest } from '../../pages/page.ts';

/** Capacity, in pages. */
const MAX_PAGES = 10_000;

/** Limits the countries for which a page may get images per day, in memory and per replica. */
export class CountriesPerPage {
  readonly #most: number;
  readonly #clock: Clock;
  readonly #pages = new BoundedMap<string, { day: Day; countries: Set<CountryCode | null> }>(
    MAX_PAGES,
  );

  /**
   * @param options.most countries per page; readers with an unknown country count as one more
   *   country
   */
  constructor(options: { most: number; clock: Clock }) {
    this.#most = options.most;
    this.#clock = options.clock;
  }

  hasRoomFor({ page, country }: PageRequest): boolean {
    const today = this.#todays(page);
    return today.size < this.#most || today.has(country?.code ?? null);
  }

  add({ page, country }: PageRequest): void {
    const countries = this.#todays(page).add(country?.code ?? null);
    this.#pages.set(nameOf(page), { day: this.#day(), countries });
  }

  #todays(page: Page): Set<CountryCode | null> {
    const known = this.#pages.get(nameOf(page));
    return known?.day === this.#day() ? known.countries : new Set();
  }

  #day(): Day {
    return dayAt(this.#clock.now());
  }
}

function nameOf({ type, path }: Page): string {
  return `${type} ${path}`;
}
