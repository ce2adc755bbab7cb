import type { CountryCode } from '../../countries/country.ts';
import { BoundedMap } from '../../kernel/bounded-map.ts';
import type { Clock } from '../../kernel/clock.ts';
import { type Day, dayAt } from '../../kernel/day.ts';
import type { Page } from '../../pages/page.ts';
import type { PageRequest } from '../../pages/page-request.ts';

/** Pages that are remembered. */
const MAX_PAGES = 10_000;

/** For how many countries a page may get pictures on one day, in memory and for each replica. */
export class CountriesPerPage {
  readonly #most: number;
  readonly #clock: Clock;
  readonly #pages = new BoundedMap<string, { day: Day; countries: Set<CountryCode | null> }>(
    MAX_PAGES,
  );

  /** @param options.most readers whose country is unknown count as those of one more */
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
