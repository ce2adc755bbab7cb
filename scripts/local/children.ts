import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Command {
  /** Prefix of each of its lines. */
  name: string;
  command: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
}

/** Child processes. None of them outlives `stop`. */
export class Children {
  readonly #cwd: string;
  readonly #say: (line: string) => void;
  readonly #running = new Set<ChildProcess>();
  #stopping = false;

  /** @param say prints each line of their output, prefixed with the name */
  constructor(cwd: string, say: (line: string) => void) {
    this.#cwd = cwd;
    this.#say = say;
  }

  /**
   * Starts a process.
   *
   * @returns the exit code when it ends; rejects if it cannot be started
   */
  start({ name, command, args, env }: Command): Promise<number> {
    const child = spawn(command, args, {
      cwd: this.#cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // In its own process group: Ctrl-C reaches it once, from here, together with its children.
      detached: true,
    });
    this.#running.add(child);
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => this.#say(`[${name}] ${line}`));
    }
    const end = once(child, 'close').then(([code]) => code ?? 1);
    const forget = () => this.#running.delete(child);
    end.then(forget, forget);
    if (this.#stopping) signal(child, 'SIGTERM');
    return end;
  }

  /** Stops all, by force after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    const running = [...this.#running];
    const ends = running.map((child) => once(child, 'close'));
    for (const child of running) signal(child, 'SIGTERM');
    const timer = setTimeout(() => {
      for (const child of running) signal(child, 'SIGKILL');
    }, graceMs);
    await Promise.allSettled(ends);
    clearTimeout(timer);
  }
}

/** Signals a process and its children. */
function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
