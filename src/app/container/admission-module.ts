import { ContainerModule } from 'inversify';
import { CountriesPerPage } from '../../domain/cafe/admission/countries-per-page.ts';
import { GenerationPolicy } from '../../domain/cafe/admission/generation-policy.ts';
import { PageTokens } from '../../domain/cafe/admission/page-token.ts';
import { PageTwins } from '../../domain/cafe/admission/page-twins.ts';
import { SitePages } from '../../domain/cafe/admission/site-pages.ts';
import { AddressCounter } from '../../domain/limits/address-counter.ts';
import { hasRules } from '../config/admission-config.ts';
import type { Config } from '../config/config.ts';
import { openPageList } from './open-adapters.ts';
import { T } from './tokens.ts';

const AN_HOUR_MS = 3_600_000;
/** Addresses that are remembered, each in some two hundred bytes. */
const MAX_ADDRESSES = 100_000;

/** For whom pictures are bought; where nothing is configured, for everybody. */
export function admissionModule(config: Config): ContainerModule {
  const { purchase } = config;
  return new ContainerModule(({ bind }) => {
    bind(T.pageList)
      .toResolvedValue(() => openPageList(config))
      .onDeactivation((list) => list?.close());
    bind(T.sitePages).toResolvedValue(
      (list, names, clock, journal) =>
        // In development the demo blog's list is there to warm its pages, and turns nobody away.
        list && purchase.sitemapUrl ? new SitePages({ list, names, clock, journal }) : undefined,
      [T.pageList, T.names, T.clock, T.journal],
    );
    bind(T.twins).toResolvedValue(
      (listed, keys, clock) => (listed ? new PageTwins({ listed, keys, clock }) : undefined),
      [T.sitePages, T.keys, T.clock],
    );
    bind(T.generationPolicy).toResolvedValue(
      (listed, clock, journal) => {
        if (!hasRules(purchase)) return undefined;
        const { botsMaySpend, pageTokenSecrets: secrets } = purchase;
        const { newPagesPerAddressPerHour, countriesPerPagePerDay } = purchase;
        const perHour = { clock, windowMs: AN_HOUR_MS, capacity: MAX_ADDRESSES };
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
              : { counts: new AddressCounter(perHour), most: newPagesPerAddressPerHour },
        };
        return new GenerationPolicy(rules, journal);
      },
      [T.sitePages, T.clock, T.journal],
    );
  });
}
