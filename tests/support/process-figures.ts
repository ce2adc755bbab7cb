import { appendFileSync, readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Writes down what the process that imports it first (`node --import`) takes, four times a second,
 * as a line of JSON in the file TEST_FIGURES_FILE; read by `watched-service.ts`.
 */

const PERIOD_MS = 250;
/** Every so many periods all that is of no use is collected, to see what is left. */
const PERIODS_TO_COLLECTION = 16;

const file = process.env.TEST_FIGURES_FILE;
if (file) {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  let periods = 0;
  setInterval(() => {
    // Of this quarter of a second alone.
    const loop = { loopP99Ms: delay.percentile(99) / 1e6, loopMaxMs: delay.max / 1e6 };
    periods += 1;
    if (periods % PERIODS_TO_COLLECTION === 0) collect();
    const { rss, heapUsed, external } = process.memoryUsage();
    const live = periods % PERIODS_TO_COLLECTION === 0 ? heapUsed + external : undefined;
    const descriptors = readdirSync('/proc/self/fd').length;
    appendFileSync(
      file,
      `${JSON.stringify({ atMs: Date.now(), rss, live, descriptors, ...loop })}\n`,
    );
    // The collection is none of the service's work.
    setImmediate(() => delay.reset());
  }, PERIOD_MS).unref();
}
