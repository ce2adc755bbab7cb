import type { Image } from '../api/api-types.ts';
import { countryLabel } from '../format/country.ts';
import { formatDay } from '../format/time.ts';

/** What becomes of a picture, or became of the attempt to get one. */
export type PictureCondition =
  | 'visible'
  | 'hidden'
  | 'pending'
  | 'underway'
  | 'refused'
  | 'unknown'
  | 'gone';

export function conditionOf({ presence, state }: Image): PictureCondition {
  if (presence !== 'absent') return presence;
  if (state === 'reserved') return 'underway';
  return state === 'refused' || state === 'unknown' ? state : 'gone';
}

/** A word or two for a badge. */
export const CONDITION_WORDS: Readonly<Record<PictureCondition, string>> = {
  visible: 'In the pool',
  hidden: 'Hidden',
  pending: 'To review',
  underway: 'Being painted',
  refused: 'Refused',
  unknown: 'Failed',
  gone: 'Deleted',
};

const REASONS: Readonly<Record<string, string>> = {
  moderation_blocked: 'The provider’s moderation did not allow it.',
  insufficient_quota: 'The account at the provider has no credit left.',
  rate_limit_exceeded: 'The provider was asked too often.',
  timeout: 'The provider did not answer in time.',
  aborted: 'It was broken off.',
};

/** Why there is no picture, in a sentence. */
export function reasonSentence(reason: string): string {
  return REASONS[reason] ?? `The reason that was written down: ${reason}.`;
}

/** How a picture is called where it cannot be seen. */
export function pictureName(image: Image): string {
  const { name } = countryLabel(image.country);
  const of = image.page ? ` for ${image.page.path}` : '';
  const condition = conditionOf(image);
  const state = condition === 'visible' ? '' : `, ${CONDITION_WORDS[condition].toLowerCase()}`;
  return `${name}${of}, ${formatDay(image.day)}${state}`;
}
