import { onTestFinished } from 'vitest';
import { Forked } from './forked.ts';
import type { Probe } from './health-probes.ts';
import { quantile } from './watched-service.ts';

/** Milliseconds. */
export interface HealthFigures {
  probes: number;
  p99: number;
  max: number;
  /** The 99th percentile of each minute: of the one in the middle, and of the worst one. */
  p99OfMinutes: { median: number; max: number };
  /** Probes that got no answer although their service was up. */
  failed: number;
}

const MINUTE_MS = 60_000;
const CONTROL = 'control';
/** Milliseconds. */
const QUIET_P99 = 25;

/**
 * Looks at `/health` of services ten times a second, from a process of its own, and at a server that does nothing
 * beside it: what that one takes is what the machine takes. It ends with the test.
 */
export async function startProber() {
  const [[prober], [control, controlUrl]] = await Promise.all([
    Forked.start<string>('health-probes.ts'),
    Forked.start<string>('control-server.ts'),
  ]);
  onTestFinished(async () => void (await Promise.all([prober.stop(), control.stop()])));
  await prober.ask({ watch: CONTROL, url: controlUrl });
  return {
    watch: (url: string) => prober.ask({ watch: url, url }),
    /** From now on it may stand still, or be gone; what is under way does not count either. */
    ignore: (url: string) => prober.ask({ ignore: url }),
    async figures() {
      const probes = await prober.ask<Probe[]>({ report: true });
      const [control = [], health = []] = [true, false].map((isControl) =>
        probes.filter(({ name }) => (name === CONTROL) === isControl),
      );
      const quiet = quietMinutes(control);
      const inQuiet = health.filter(({ at }) => quiet.has(minuteOf(at)));
      return {
        health: summaryOf(health),
        control: summaryOf(control),
        /** In minutes in which the machine had time for the other server. */
        quiet: { minutes: quiet.size, p99: quiet.size > 0 ? summaryOf(inQuiet).p99 : undefined },
      };
    },
  };
}

export type HealthProber = Awaited<ReturnType<typeof startProber>>;

function summaryOf(probes: readonly Probe[]): HealthFigures {
  const p99s = [...byMinute(probes).values()].map((of) => timeOf(of, 0.99));
  return {
    probes: probes.length,
    p99: rounded(timeOf(probes, 0.99)),
    max: rounded(timeOf(probes, 1)),
    p99OfMinutes: { median: rounded(quantile(p99s, 0.5)), max: rounded(quantile(p99s, 1)) },
    failed: probes.filter(({ failed }) => failed).length,
  };
}

function quietMinutes(control: readonly Probe[]): Set<number> {
  const minutes = [...byMinute(control)].filter(([, of]) => timeOf(of, 0.99) < QUIET_P99);
  return new Set(minutes.map(([minute]) => minute));
}

function byMinute(probes: readonly Probe[]): Map<number, Probe[]> {
  return Map.groupBy(probes, ({ at }) => minuteOf(at));
}

function minuteOf(at: number): number {
  return Math.floor(at / MINUTE_MS);
}

function timeOf(probes: readonly Probe[], share: number): number {
  return quantile(
    probes.map(({ ms }) => ms),
    share,
  );
}

function rounded(ms: number): number {
  return Number(ms.toFixed(1));
}
