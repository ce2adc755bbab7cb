import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** Where things run, so that servers and what loads them do not take each other's time. */
export interface Cores {
  /** All servers that are compared; one of them is loaded at a time. */
  server: number;
  /** The load generator, and the stand-ins where there is no core for them alone. */
  load: number;
}

/** `undefined` where processes cannot be pinned, or there is one core. */
const CORES: Cores | undefined =
  availableParallelism() > 1 && isInstalled('taskset') ? { server: 0, load: 1 } : undefined;

export const HAS_WRK = isInstalled('wrk');

/** The command that runs another one on a core, where that can be chosen. */
export function pinned(core: keyof Cores, command: string, args: readonly string[]) {
  if (!CORES) return { command, args };
  return { command: 'taskset', args: ['-c', String(CORES[core]), command, ...args] };
}

/** Puts this process, which runs the stand-ins, where the load is. */
export function pinItself(): void {
  if (CORES) execFileSync('taskset', ['-a', '-cp', String(CORES.load), String(process.pid)]);
}

/** What may be open in a process at once; Node raises its own limit to this by itself. */
export function mostOpenFiles(): number {
  const [, hard] = /^Max open files\s+\S+\s+(\S+)/m.exec(read('/proc/self/limits')) ?? [];
  return hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
}

/** Seconds of processor time that a process has used; clock ticks are 10 ms. */
export function processorSeconds(pid: number): number {
  const fields = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Megabytes in memory, now or at most. */
export function megabytes(pid: number, what: 'VmRSS' | 'VmHWM'): number {
  const [, kilobytes] = new RegExp(`${what}:\\s+(\\d+) kB`).exec(read(`/proc/${pid}/status`)) ?? [];
  return Number(kilobytes) / 1024;
}

/** A line for each thing that figures depend on. */
export function describeMachine(): string[] {
  const wrk = HAS_WRK ? 'wrk' : 'autocannon (wrk is not installed)';
  return [
    `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, ` +
      `${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform}`,
    `Node ${process.version}, load from ${wrk}, ` +
      (CORES
        ? `servers on core ${CORES.server}, load and stand-ins on core ${CORES.load}`
        : 'nothing pinned to a core'),
    `load average as it began ${loadavg()[0]?.toFixed(1)}`,
  ];
}

function isInstalled(command: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error('The benchmarks need Linux: they read /proc', { cause });
  }
}
