import type { Image } from '../api/api-types.ts';
import { countryLabel } from '../format/country.ts';
import { formatDay } from '../format/time.ts';

/** The state of a picture, or of the attempt to generate one. */
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

/** Texts of badges. */
export const CONDITION_WORDS: Readonly<Record<PictureCondition, string>> = {
  visible: 'In the pool',
  hidden: 'Hidden',
  pending: 'To review',
  underway: 'In progress',
  refused: 'Refused',
  unknown: 'Failed',
  gone: 'Deleted',
};

const REASONS: Readonly<Record<string, string>> = {
  moderation_blocked: 'The provider’s moderation did not allow it.',
  insufficient_quota: 'The account at the provider has no credit left.',
  rate_limit_exceeded: 'The provider’s rate limit was reached.',
  timeout: 'The provider did not respond in time.',
  aborted: 'The request was aborted.',
};

/** The reason why there is no picture. */
export function reasonSentence(reason: string): string {
  return REASONS[reason] ?? `Reason: ${reason}.`;
}

/** The accessible name of a picture. */
export function pictureName(image: Image): string {
  const { name } = countryLabel(image.country);
  const of = image.page ? ` for ${image.page.path}` : '';
  const condition = conditionOf(image);
  const state = condition === 'visible' ? '' : `, ${CONDITION_WORDS[condition].toLowerCase()}`;
  return `${name}${of}, ${formatDay(image.day)}${state}`;
}
