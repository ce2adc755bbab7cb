import { countryBySlug } from '../country.ts';
import { type Day, dayAt, startOf } from '../day.ts';
import { datedName, type PoolPicture } from '../image-key.ts';
import { UUID } from '../uuid.ts';

const PICTURE_ID = new RegExp(`^(\\d{4})-(\\d{2})-(\\d{2})_(${UUID})(?:-([a-z0-9-]{1,80}))?$`);

/** How the admin's API names a picture: its day and its name, so that it is found without a search. */
export function pictureIdOf({ day, id, country }: PoolPicture): string {
  return `${day.replaceAll('/', '-')}_${datedName(id, country)}`;
}

/** `undefined` for anything that names no picture, whether or not there is one. */
export function parsePictureId(text: string): PoolPicture | undefined {
  const [, year, month, date, id, slug] = PICTURE_ID.exec(text) ?? [];
  const day: Day = `${year}/${month}/${date}`;
  if (!id || !isInCalendar(day)) return undefined;
  const country = slug === undefined ? undefined : countryBySlug(slug);
  return slug !== undefined && !country ? undefined : { day, id, country };
}

export function isInCalendar(day: Day): boolean {
  const start = startOf(day);
  return !Number.isNaN(start) && dayAt(start) === day;
}
