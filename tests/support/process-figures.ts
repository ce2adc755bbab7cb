import { appendFileSync, readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Writes down what the process that imports it first (`node --import`) takes, four times a second,
 * as a line of JSON in the file TEST_FIGURES_FILE; read by `watched-service.ts`. With TEST_FIGURES_COLLECT it
 * collects garbage now and then, to tell what is in use.
 */

const PERIOD_MS = 250;
/** Every so many periods all that is of no use is collected, to see what is left. */
const PERIODS_TO_COLLECTION = 16;
/** So often it is looked how long the event loop was held. */
const TICK_MS = 10;

const file = process.env.TEST_FIGURES_FILE;
if (file) {
  const collect = process.env.TEST_FIGURES_COLLECT ? collector() : undefined;
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const held = watchHeld();
  let periods = 0;
  setInterval(() => {
    // Of this quarter of a second alone.
    const loop = { loopP99Ms: delay.percentile(99) / 1e6, loopMaxMs: delay.max / 1e6 };
    periods += 1;
    const isCollected = collect !== undefined && periods % PERIODS_TO_COLLECTION === 0;
    if (isCollected) collect();
    const { rss, heapUsed, external } = process.memoryUsage();
    const live = isCollected ? heapUsed + external : undefined;
    const descriptors = readdirSync('/proc/self/fd').length;
    // The process may have a wrong clock.
    const atMs = performance.timeOrigin + performance.now();
    appendFileSync(
      file,
      `${JSON.stringify({ atMs, rss, live, descriptors, ...loop, ...held.sinceLast() })}\n`,
    );
    // The collection is none of the service's work.
    setImmediate(() => {
      delay.reset();
      held.leaveOut();
    });
  }, PERIOD_MS).unref();
}

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}

/**
 * Watches for how long timers are late because this thread works: a timer that is late while the thread has no
 * processor is the machine's affair.
 */
function watchHeld() {
  let ticked = performance.now();
  let used = threadMs();
  let heldMaxMs = 0;
  let cpuMs = 0;
  const tick = () => {
    const [now, usedNow] = [performance.now(), threadMs()];
    const [lateMs, workedMs] = [now - ticked - TICK_MS, usedNow - used];
    [ticked, used] = [now, usedNow];
    return { workedMs, heldMs: Math.min(lateMs, workedMs) };
  };
  setInterval(() => {
    const { workedMs, heldMs } = tick();
    heldMaxMs = Math.max(heldMaxMs, heldMs);
    cpuMs += workedMs;
  }, TICK_MS).unref();
  return {
    /** The longest time since it was asked last, and the processor time. */
    sinceLast() {
      const since = { heldMaxMs, cpuMs };
      [heldMaxMs, cpuMs] = [0, 0];
      return since;
    },
    /** What was done since the last tick does not count. */
    leaveOut: () => void tick(),
  };
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
