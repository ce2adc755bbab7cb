import { setTimeout as wait } from 'node:timers/promises';
import { restOfToday } from './utc-days.ts';

/**
 * Before every file of tests: what one counts, and the keys it expects, are of one UTC day, and
 * nearly all files last less than this. Those that may last longer count the days themselves.
 */
const MAX_FILES_LAST_MS = 90_000;
const rest = restOfToday();
if (rest < MAX_FILES_LAST_MS) await wait(rest);
