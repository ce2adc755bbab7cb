import type { FetchHandler } from './serve-fetch.ts';

/** country.is, knowing the addresses it is told. */
export class CountryIsStandIn {
  /** The paths asked for, in order. */
  readonly journal: string[] = [];
  readonly #countries: Readonly<Record<string, string>>;
  #other: FetchHandler | undefined;

  /** @param countries ISO codes by address */
  constructor(countries: Readonly<Record<string, string>>) {
    this.#countries = countries;
  }

  /** Answers in another way from now on; `undefined` is back to normal. */
  answerWith(other: FetchHandler | undefined): void {
    this.#other = other;
  }

  readonly handle: FetchHandler = async (request) => {
    const { pathname } = new URL(request.url);
    this.journal.push(pathname);
    if (this.#other) return this.#other(request);
    const ip = decodeURIComponent(pathname.slice(1));
    const country = this.#countries[ip];
    if (country) return Response.json({ ip, country });
    return Response.json({ error: { code: 404, message: 'Not Found' } }, { status: 404 });
  };
}
