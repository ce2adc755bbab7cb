import type { AddressCounter } from '../../limits/counters.ts';
import type { GenerationRefusal, Journal } from '../../monitoring/journal.ts';
import { type Asker, aboutPage, type PageRequest } from '../../pages/page.ts';
import type { CountriesPerPage } from './countries-per-page.ts';
import type { PageTokens } from './page-token.ts';
import type { SitePages } from './site-pages.ts';

/** The owner's rules. An absent rule rejects no request. */
export interface GenerationRules {
  botsMaySpend: boolean;
  tokens: PageTokens | undefined;
  listed: SitePages | undefined;
  countries: CountriesPerPage | undefined;
  /** Counts the new pages per address; `most` are allowed in a window. */
  newPages: { counts: AddressCounter; most: number } | undefined;
}

/** Stands for all readers whose address is unknown: they share one allowance. */
const NOWHERE = '';

/**
 * Decides whether an image may be generated for a page. It is consulted only after no image was
 * found, so it never blocks an existing image.
 */
export class GenerationPolicy {
  readonly #rules: GenerationRules;
  readonly #journal: Journal;

  constructor(rules: GenerationRules, journal: Journal) {
    this.#rules = rules;
    this.#journal = journal;
  }

  /** Whether generation is allowed: {@link mayAsk} and {@link take}. Never throws. */
  async allows(request: PageRequest): Promise<boolean> {
    return (await this.mayAsk(request)) && this.take(request);
  }

  /**
   * Whether this client may trigger generation and the site has the page. A refusal is journaled.
   * Never throws.
   */
  async mayAsk(request: PageRequest): Promise<boolean> {
    const { asker } = request;
    if (!asker) return true;
    if (asker.isBot && !this.#rules.botsMaySpend) return this.#refuse(request, 'bot');
    return (await this.#isKnown(request, asker)) || this.#refuse(request, 'unknown_page');
  }

  /**
   * Whether the limits allow it; if so, it counts against them, otherwise the refusal is journaled.
   * Atomic, so concurrent requests cannot exceed the limits.
   */
  take(request: PageRequest): boolean {
    const { countries, newPages } = this.#rules;
    if (!request.asker) return true;
    if (countries && !countries.hasRoomFor(request)) {
      return this.#refuse(request, 'too_many_countries');
    }
    const address = request.asker.address ?? NOWHERE;
    if (newPages && newPages.counts.of(address) >= newPages.most) {
      return this.#refuse(request, 'too_many_pages');
    }
    newPages?.counts.add(address);
    countries?.add(request);
    return true;
  }

  #refuse(request: PageRequest, reason: GenerationRefusal): false {
    this.#journal.record({ ...aboutPage(request), event: 'purchase_refused', reason });
    return false;
  }

  /** A list entry or a valid token is enough. */
  async #isKnown({ page }: PageRequest, { token }: Asker): Promise<boolean> {
    const { tokens, listed } = this.#rules;
    if (!tokens && !listed) return true;
    if (token !== undefined && tokens?.isTokenOf(page, token)) return true;
    return (await listed?.has(page)) ?? false;
  }
}
