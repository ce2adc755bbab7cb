import type { GeoLocator, Visitor, Whereabouts } from '../domain/countries/geo-locator.ts';
import type { Notice } from '../domain/kernel/notice.ts';
import type { Config } from './config/config.ts';
import { type LocatingConfig, type Nowhere, whyNowhere } from './why-nowhere.ts';

/** Readers without a country, and none with one, until the owner is warned. */
const MAX_NOWHERE = 20;

/**
 * Warns the owner once if no reader has had a country since the start. Otherwise a proxy that hides
 * readers' addresses goes unnoticed: every reader gets worldwide images, and nothing fails.
 */
class WatchedGeoLocator implements GeoLocator {
  readonly #locator: GeoLocator;
  readonly #config: LocatingConfig;
  readonly #notice: Notice;
  #nowhere = 0;
  #isOver = false;

  constructor(locator: GeoLocator, config: LocatingConfig, notice: Notice) {
    this.#locator = locator;
    this.#config = config;
    this.#notice = notice;
  }

  recall(visitor: Visitor): Whereabouts | undefined {
    const found = this.#locator.recall(visitor);
    if (!this.#isOver && found) this.#count(visitor, found);
    return found;
  }

  async locate(visitor: Visitor): Promise<Whereabouts> {
    const found = await this.#locator.locate(visitor);
    if (!this.#isOver) this.#count(visitor, found);
    return found;
  }

  #count(visitor: Visitor, { country, reliable }: Whereabouts): void {
    // A failing locator reports its failure itself.
    if (!reliable) return;
    this.#nowhere += 1;
    this.#isOver = country !== undefined || this.#nowhere === MAX_NOWHERE;
    if (country === undefined && this.#isOver) this.#tell(whyNowhere(visitor, this.#config));
  }

  #tell({ why, remedy }: Nowhere): void {
    this.#notice('no reader has had a country so far', { why, remedy });
  }
}

/** Watches a locator in production if it should find countries; returns any other unchanged. */
export function watchedLocator(locator: GeoLocator, config: Config, notice: Notice): GeoLocator {
  const isExpected = !['fixed', 'none'].includes(config.locator.kind);
  return config.production && isExpected ? new WatchedGeoLocator(locator, config, notice) : locator;
}
