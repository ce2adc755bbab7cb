import { type Day, dayAt, startOf } from '../kernel/day.ts';
import { datedName, type PoolImage, pictureNamed } from '../storage/image-keys.ts';

const PICTURE_ID = /^(\d{4})-(\d{2})-(\d{2})_(.+)$/;

/** An image's id in the admin API: its day and its name, so that it is found without a search. */
export function imageIdOf({ day, id, country }: PoolImage): string {
  return `${day.replaceAll('/', '-')}_${datedName(id, country)}`;
}

/** `undefined` for text that is not an image id. The image need not exist. */
export function parseImageId(text: string): PoolImage | undefined {
  const [, year, month, date, name] = PICTURE_ID.exec(text) ?? [];
  const picture = pictureNamed(`${year}/${month}/${date}/${name}`);
  return picture && isInCalendar(picture.day) ? picture : undefined;
}

export function isInCalendar(day: Day): boolean {
  const start = startOf(day);
  return !Number.isNaN(start) && dayAt(start) === day;
}
