import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Command {
  /** In front of each of its lines. */
  name: string;
  command: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
}

/** Processes that are begun here and none of which outlives `stop`. */
export class Children {
  readonly #cwd: string;
  readonly #say: (line: string) => void;
  readonly #running = new Set<ChildProcess>();
  #stopping = false;

  /** @param say takes each line that one of them writes, its name in front */
  constructor(cwd: string, say: (line: string) => void) {
    this.#cwd = cwd;
    this.#say = say;
  }

  /**
   * Starts a process.
   *
   * @returns its end, with the exit code; it rejects where it cannot be started
   */
  start({ name, command, args, env }: Command): Promise<number> {
    const child = spawn(command, args, {
      cwd: this.#cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // In a group of its own: Ctrl-C reaches it once, from here, and what it starts goes with it.
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

  /** Ends all, those that do not heed it within `graceMs` by force. */
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

/** To a process and all that it has started. */
function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
