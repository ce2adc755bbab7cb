import type { AddressCounter } from '../../limits/address-counter.ts';
import type { GenerationRefusal, Journal } from '../../monitoring/journal.ts';
import { type Asker, aboutPage, type PageRequest } from '../../pages/page-request.ts';
import type { CountriesPerPage } from './countries-per-page.ts';
import type { PageTokens } from './page-token.ts';
import type { SitePages } from './site-pages.ts';

/** What the owner has configured; what is absent turns nobody away. */
export interface GenerationRules {
  botsMaySpend: boolean;
  tokens: PageTokens | undefined;
  listed: SitePages | undefined;
  countries: CountriesPerPage | undefined;
  /** Counts the new pages of an address, of which there may be `most` in a window. */
  newPages: { counts: AddressCounter; most: number } | undefined;
}

/** Stands for all readers whose address is unknown: they share one allowance. */
const NOWHERE = '';

/**
 * For whom a page may have a new picture bought. It is asked once nothing is known to be there, so that
 * nobody is ever kept from a picture that is.
 */
export class GenerationPolicy {
  readonly #rules: GenerationRules;
  readonly #journal: Journal;

  constructor(rules: GenerationRules, journal: Journal) {
    this.#rules = rules;
    this.#journal = journal;
  }

  /** Whether one may be bought: {@link mayAsk} and {@link take}. Never throws. */
  async allows(request: PageRequest): Promise<boolean> {
    return (await this.mayAsk(request)) && this.take(request);
  }

  /**
   * Whether this asker may have something bought, and the site has the page; who may not is in the
   * journal. Never throws.
   */
  async mayAsk(request: PageRequest): Promise<boolean> {
    const { asker } = request;
    if (!asker) return true;
    if (asker.isBot && !this.#rules.botsMaySpend) return this.#refuse(request, 'bot');
    return (await this.#isKnown(request, asker)) || this.#refuse(request, 'unknown_page');
  }

  /**
   * Whether the limits have room for it, which it takes then; where not, that is in the journal. In one
   * step, so that of many at once no more are allowed than there is room for.
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

  /** Either proof will do. */
  async #isKnown({ page }: PageRequest, { token }: Asker): Promise<boolean> {
    const { tokens, listed } = this.#rules;
    if (!tokens && !listed) return true;
    if (token !== undefined && tokens?.isTokenOf(page, token)) return true;
    return (await listed?.has(page)) ?? false;
  }
}
