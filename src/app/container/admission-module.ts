import type { ContainerModule } from 'inversify';
import { CountriesPerPage } from '../../domain/cafe/admission/countries-per-page.ts';
import { GenerationPolicy } from '../../domain/cafe/admission/generation-policy.ts';
import { PageTokens } from '../../domain/cafe/admission/page-token.ts';
import { PageTwins } from '../../domain/cafe/admission/page-twins.ts';
import { SitePages } from '../../domain/cafe/admission/site-pages.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import { AddressCounter } from '../../domain/limits/counters.ts';
import { type AdmissionConfig, hasRules } from '../config/admission-config.ts';
import type { Config } from '../config/config.ts';
import { bindings } from './bindings.ts';
import { openPageList } from './open-adapters.ts';
import { T } from './tokens.ts';

const AN_HOUR_MS = 3_600_000;
/** Capacity in addresses, about two hundred bytes each. */
const MAX_ADDRESSES = 100_000;

/** For which requests images are generated; without configuration, for all. */
export function admissionModule(config: Config): ContainerModule {
  const { purchase } = config;
  return bindings(({ resolve }) => {
    resolve(
      T.pageList,
      {},
      () => openPageList(config),
      (list) => list?.close(),
    );
    resolve(
      T.sitePages,
      { list: T.pageList, names: T.names, clock: T.clock, journal: T.journal },
      ({ list, ...deps }) =>
        // In development, the demo blog's list only serves pre-generation and rejects no page.
        list && purchase.sitemapUrl ? new SitePages({ list, ...deps }) : undefined,
    );
    resolve(
      T.twins,
      { listed: T.sitePages, keys: T.keys, clock: T.clock },
      ({ listed, ...deps }) => (listed ? new PageTwins({ listed, ...deps }) : undefined),
    );
    resolve(
      T.generationPolicy,
      { listed: T.sitePages, clock: T.clock, journal: T.journal },
      ({ listed, clock, journal }) =>
        hasRules(purchase)
          ? new GenerationPolicy({ ...rulesOf(purchase, clock), listed }, journal)
          : undefined,
    );
  });
}

function rulesOf(config: AdmissionConfig, clock: Clock) {
  const { botsMaySpend, pageTokenSecrets } = config;
  const { newPagesPerAddressPerHour, countriesPerPagePerDay } = config;
  const perHour = { clock, windowMs: AN_HOUR_MS, capacity: MAX_ADDRESSES };
  return {
    botsMaySpend,
    tokens: pageTokenSecrets.length > 0 ? new PageTokens(pageTokenSecrets) : undefined,
    countries:
      countriesPerPagePerDay === undefined
        ? undefined
        : new CountriesPerPage({ most: countriesPerPagePerDay, clock }),
    newPages:
      newPagesPerAddressPerHour === undefined
        ? undefined
        : { counts: new AddressCounter(perHour), most: newPagesPerAddressPerHour },
  };
}
