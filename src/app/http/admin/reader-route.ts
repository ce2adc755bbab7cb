import { z } from 'zod';
import type { GeoLocator } from '../../../domain/countries/geo-locator.ts';
import { type LocatingConfig, whyNowhere } from '../../why-nowhere.ts';
import { type AdminRoute, route } from './admin-route.ts';

export const Reader = z
  .strictObject({
    hasAddress: z.boolean().describe('Whether the service sees a public address'),
    country: z.string().nullable(),
    why: z.string().nullable().describe('Why there is no country'),
    remedy: z.string().nullable().describe('How to fix it'),
  })
  .meta({ id: 'Reader' });

interface Deps {
  locator: GeoLocator;
  locating: LocatingConfig;
}

/** How the service sees the caller if it were a reader; without the address. */
export function readerRoutes({ locator, locating }: Deps): AdminRoute[] {
  return [
    route({
      method: 'GET',
      path: '/reader',
      summary: 'The country the service finds for this request, or why it finds none.',
      answer: Reader,
      isBackground: true,
      async handle({ visitor }) {
        const { country, reliable } = await locator.locate(visitor);
        const hasAddress = visitor.address !== undefined;
        const found = { hasAddress, country: country?.code ?? null };
        if (country) return { body: { ...found, why: null, remedy: null } };
        if (!reliable) return { body: { ...found, why: FAILED, remedy: RUN_DOCTOR } };
        return { body: { ...found, ...whyNowhere(visitor, locating) } };
      },
    }),
  ];
}

const FAILED = 'Geolocation does not respond.';
const RUN_DOCTOR =
  'Run the doctor on the service’s machine. Its line "countries" shows the reason.';
