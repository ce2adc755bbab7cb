import type { Day } from './day.ts';

/**
 * Where pictures are that the owner has taken down, outside the public prefix and under their own
 * names: `{records}/hidden/{YYYY}/{MM}/{DD}/{uuid}[-{country}].png`, and renditions beside it.
 */
export function hiddenPrefix(recordsPrefix: string): string {
  return `${recordsPrefix}/hidden/`;
}

/**
 * Where pictures are that wait for the owner's approval, under their own names, too:
 * `{records}/pending/{YYYY}/{MM}/{DD}/{uuid}[-{country}].png`, and renditions beside it.
 */
export function pendingPrefix(recordsPrefix: string): string {
  return `${recordsPrefix}/pending/`;
}

/** Where an empty object, under its own name, says of a picture that the owner has deleted it. */
export function erasedPrefix(recordsPrefix: string): string {
  return `${recordsPrefix}/erased/`;
}

/** @param file the last segment of the public key */
export function hiddenKey(recordsPrefix: string, day: Day, file: string): string {
  return `${hiddenPrefix(recordsPrefix)}${day}/${file}`;
}

/** @param file the last segment of the public key */
export function pendingKey(recordsPrefix: string, day: Day, file: string): string {
  return `${pendingPrefix(recordsPrefix)}${day}/${file}`;
}

/** @param file the last segment of the public key */
export function erasedKey(recordsPrefix: string, day: Day, file: string): string {
  return `${erasedPrefix(recordsPrefix)}${day}/${file}`;
}
