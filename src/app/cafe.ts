import type { openCafe } from './container/container.ts';

/** The wired service, as the server needs it. */
export type Cafe = Awaited<ReturnType<typeof openCafe>>;

/** The running parts, described for people. */
export type About = Cafe['about'];
