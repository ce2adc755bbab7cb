import type { IconName } from '../components/icons.ts';
import type { PictureState } from './filter/picture-filter.ts';

interface EmptyWords {
  icon?: IconName;
  title: string;
  text: string;
}

/** Texts of an empty list, by filter. */
export const EMPTY_POOL: Readonly<Record<PictureState | 'narrowed', EmptyWords>> = {
  visible: {
    title: 'No pictures yet',
    text: 'A page’s picture is generated when its first reader visits.',
  },
  pending: {
    icon: 'check',
    title: 'Nothing to review',
    text: 'With REVIEW=before, new pictures wait here for your approval.',
  },
  hidden: {
    icon: 'eye',
    title: 'Nothing is hidden',
    text: 'Pictures that you hide are listed here. You can restore them at any time.',
  },
  failed: {
    icon: 'check',
    title: 'No failures',
    text: 'Failed generations are listed here, with the reason.',
  },
  all: {
    title: 'No pictures yet',
    text: 'Nothing was bought so far. A page’s picture is generated when its first reader visits.',
  },
  narrowed: {
    icon: 'search',
    title: 'No picture matches',
    text: 'Remove a part of the filter.',
  },
};
