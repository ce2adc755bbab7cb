import type { Entry } from './router.ts';

/** The admin's routes. A view's code is loaded when it is first opened. */
export const ROUTES: readonly Entry[] = [
  {
    pattern: /^$/,
    title: 'Overview',
    tag: 'cafe-admin-overview',
    load: () => import('../overview/overview-view.ts'),
  },
  {
    pattern: /^pictures\/?$/,
    title: 'Pictures',
    tag: 'cafe-admin-pictures',
    load: () => import('../pictures/pictures-view.ts'),
  },
  {
    pattern: /^pictures\/(?<id>[^/]+)$/,
    title: 'Picture',
    tag: 'cafe-admin-picture',
    load: () => import('../pictures/picture/picture-view.ts'),
  },
  {
    pattern: /^pages\/?$/,
    title: 'Pages',
    tag: 'cafe-admin-pages',
    load: () => import('../pages/pages-view.ts'),
  },
  {
    pattern: /^activity\/?$/,
    title: 'Activity',
    tag: 'cafe-admin-activity',
    load: () => import('../activity/activity-view.ts'),
  },
  {
    pattern: /^accounts\/?$/,
    title: 'Accounts',
    tag: 'cafe-admin-accounts',
    load: () => import('../accounts/accounts-view.ts'),
  },
  {
    pattern: /^accounts\/(?<id>[^/]+)$/,
    title: 'Account',
    tag: 'cafe-admin-account',
    load: () => import('../accounts/account-view.ts'),
  },
  {
    pattern: /^settings\/?$/,
    title: 'Settings',
    tag: 'cafe-admin-settings',
    load: () => import('../settings/settings-view.ts'),
  },
];
