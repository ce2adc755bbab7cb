import type { openCafe } from './container/container.ts';

/** The wired service, as the server needs it. */
export type Cafe = Awaited<ReturnType<typeof openCafe>>;

/** What runs, in words for people. */
export type About = Cafe['about'];
