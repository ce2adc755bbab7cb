import type { IconName } from '../components/icons.ts';
import type { PictureState } from './filter/picture-filter.ts';

interface EmptyWords {
  icon?: IconName;
  title: string;
  text: string;
}

/** What an empty pool says, by what was looked for. */
export const EMPTY_POOL: Readonly<Record<PictureState | 'narrowed', EmptyWords>> = {
  visible: {
    title: 'The kitchen is warm, the tables are set',
    text: 'There are no pictures yet. The first reader of a page brings the first dish.',
  },
  pending: {
    icon: 'check',
    title: 'Nothing waits for you',
    text: 'New pictures would wait here for your approval, if the cafe runs with REVIEW=before.',
  },
  hidden: {
    icon: 'eye',
    title: 'Nothing is hidden',
    text: 'A picture that you take down waits here, and can be put back at any time.',
  },
  failed: {
    icon: 'check',
    title: 'Nothing went wrong',
    text: 'Attempts that brought no picture would be listed here, with the reason.',
  },
  all: {
    title: 'The kitchen is warm, the tables are set',
    text: 'Nothing was ever bought here. The first reader of a page brings the first dish.',
  },
  narrowed: {
    icon: 'search',
    title: 'No picture is like that',
    text: 'None fits all of the filter. Take a part of it away.',
  },
};
