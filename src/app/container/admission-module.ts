import { ContainerModule } from 'inversify';
import { CountriesPerPage } from '../../domain/cafe/admission/countries-per-page.ts';
import { PurchasePolicy } from '../../domain/cafe/admission/generation-policy.ts';
import { PageTokens } from '../../domain/cafe/admission/page-token.ts';
import { PageTwins } from '../../domain/cafe/admission/page-twins.ts';
import { ListedPages } from '../../domain/cafe/admission/site-pages.ts';
import { CountsByAddress } from '../../domain/limits/address-counter.ts';
import { hasRules } from '../config/admission-config.ts';
import type { Config } from '../config/config.ts';
import { openPageList } from './open-adapters.ts';
import { T } from './tokens.ts';

const AN_HOUR_MS = 3_600_000;
/** Addresses that are remembered, each in some two hundred bytes. */
const MOST_ADDRESSES = 100_000;

/** For whom pictures are bought; where nothing is configured, for everybody. */
export function purchaseModule(config: Config): ContainerModule {
  const { purchase } = config;
  return new ContainerModule(({ bind }) => {
    bind(T.pageList)
      .toResolvedValue(() => openPageList(config))
      .onDeactivation((list) => list?.close());
    bind(T.listedPages).toResolvedValue(
      (list, names, clock, journal) =>
        // In development the demo blog's list is there to warm its pages, and turns nobody away.
        list && purchase.sitemapUrl ? new ListedPages({ list, names, clock, journal }) : undefined,
      [T.pageList, T.names, T.clock, T.journal],
    );
    bind(T.twins).toResolvedValue(
      (listed, keys, clock) => (listed ? new PageTwins({ listed, keys, clock }) : undefined),
      [T.listedPages, T.keys, T.clock],
    );
    bind(T.purchasePolicy).toResolvedValue(
      (listed, clock, journal) => {
        if (!hasRules(purchase)) return undefined;
        const { botsMaySpend, pageTokenSecrets: secrets } = purchase;
        const { newPagesPerAddressPerHour, countriesPerPagePerDay } = purchase;
        const perHour = { clock, windowMs: AN_HOUR_MS, capacity: MOST_ADDRESSES };
        const rules = {
          botsMaySpend,
          listed,
          tokens: secrets.length > 0 ? new PageTokens(secrets) : undefined,
          countries:
            countriesPerPagePerDay === undefined
              ? undefined
              : new CountriesPerPage({ most: countriesPerPagePerDay, clock }),
          newPages:
            newPagesPerAddressPerHour === undefined
              ? undefined
              : { counts: new CountsByAddress(perHour), most: newPagesPerAddressPerHour },
        };
        return new PurchasePolicy(rules, journal);
      },
      [T.listedPages, T.clock, T.journal],
    );
  });
}
