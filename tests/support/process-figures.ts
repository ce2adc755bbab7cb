import { appendFileSync, readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/**
 * Writes down what the process that imports it first (`node --import`) takes, four times a second,
 * as a line of JSON in the file TEST_FIGURES_FILE; read by `watch-process.ts`.
 */

const PERIOD_MS = 250;
const file = process.env.TEST_FIGURES_FILE;
const delay = monitorEventLoopDelay({ resolution: 10 });

if (file) {
  delay.enable();
  setInterval(() => {
    const { rss, heapUsed } = process.memoryUsage();
    const figures = {
      atMs: Date.now(),
      rss,
      heapUsed,
      descriptors: readdirSync('/proc/self/fd').length,
      // Of this quarter of a second alone.
      loopP99Ms: delay.percentile(99) / 1e6,
      loopMaxMs: delay.max / 1e6,
    };
    delay.reset();
    appendFileSync(file, `${JSON.stringify(figures)}\n`);
  }, PERIOD_MS).unref();
}
