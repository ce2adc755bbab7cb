/**
 * Shifts the wall clock of the process that imports it first (`node --import`): by
 * TEST_CLOCK_OFFSET_MS from the start, and with every SIGUSR2 to the next instant in
 * TEST_CLOCK_JUMPS, which are ISO dates with commas between them, or milliseconds with a sign before them by
 * which it is shifted from then on. Monotonic time stays as it is.
 */

const RealDate = Date;
const realNow = Date.now.bind(Date);
let offsetMs = Number(process.env.TEST_CLOCK_OFFSET_MS ?? 0);
const jumps = (process.env.TEST_CLOCK_JUMPS ?? '').split(',').filter(Boolean);

class ShiftedDate extends RealDate {
  constructor(...args: [] | [string | number | Date]) {
    if (args.length === 0) super(realNow() + offsetMs);
    else super(...(args as [string]));
  }

  static override now(): number {
    return realNow() + offsetMs;
  }
}

globalThis.Date = ShiftedDate as DateConstructor;

process.on('SIGUSR2', () => {
  const next = jumps.shift();
  if (next) offsetMs = /^[+-]/.test(next) ? Number(next) : RealDate.parse(next) - realNow();
});
