import { z } from 'zod';
import { type CountryCode, countryByCode } from '../../../domain/countries/country.ts';
import { isInCalendar, parseImageId } from '../../../domain/images/image-id.ts';
import type { Day } from '../../../domain/kernel/day.ts';
import { PAGE_TYPES } from '../../../domain/pages/page.ts';
import type { PoolImage } from '../../../domain/storage/image-keys.ts';
import { Refusal } from '../refusal.ts';

/** An image's id, such as `2026-11-21_{uuid}-france`. */
export const ImageId = z
  .string()
  .max(160)
  .transform((text, ctx): PoolImage => {
    const picture = parseImageId(text);
    if (picture) return picture;
    ctx.addIssue({ code: 'custom', message: 'is not a picture id' });
    return z.NEVER;
  })
  .meta({ id: 'ImageId' });

/** A day in the API, with hyphens. */
export const CalendarDay = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a day such as 2026-11-21')
  .transform((text) => text.replaceAll('-', '/') as Day)
  .refine(isInCalendar, 'is not in the calendar');

/** A country code in a query, or `anywhere` for none. */
export const CountryInQuery = z
  .string()
  .refine((text) => text === 'anywhere' || countryByCode(text) !== undefined, {
    error: 'must be a country code such as FR, or anywhere',
  })
  .transform((text) => (text === 'anywhere' ? null : (text as CountryCode)));

/** A country code in a body, or `null` for readers whose country is unknown. */
export const CountryInBody = z
  .string()
  .refine((text) => countryByCode(text) !== undefined, 'must be a country code such as FR')
  .transform((text) => text as CountryCode)
  .nullable();

export const PageTypeName = z.enum(PAGE_TYPES);

/** Pagination: how many, and where the previous page ended. */
export const Limit = z
  .string()
  .regex(/^\d{1,3}$/, 'must be a number from 1 to 200')
  .transform(Number)
  .refine((limit) => limit >= 1 && limit <= 200, 'must be a number from 1 to 200')
  .default(50);

export const Cursor = z.string().max(2000).optional();

/** ISO 8601, UTC. */
export const Moment = z.string();
export const Dollars = z.number().describe('US dollars');

/** Creates a cursor, opaque to the client. */
export function cursorOf(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** Decodes a cursor; `undefined` if {@link cursorOf} did not create it for such a position. */
export function placeIn<T>(cursor: string, schema: z.ZodType<T>): T | undefined {
  try {
    const text = Buffer.from(cursor, 'base64url').toString();
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export function badCursor(): Refusal {
  return new Refusal('invalid_request', 'cursor: does not belong to this list');
}

export function noSuchPicture(): Refusal {
  return new Refusal('not_found', 'No such picture.');
}

/** Removes `undefined` properties, which the compiler distinguishes from absent ones. */
export function withoutAbsent<T extends object>(values: T) {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

export function presentDay(day: string): string {
  return day.replaceAll('/', '-');
}

export function dollars(microUsd: number): number {
  return microUsd / 1e6;
}
