import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** A file of this folder in a process of its own, which answers each message with one. */
export class Forked {
  readonly #child: ChildProcess;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts it; resolves with what it says first, too. */
  static async start<T>(name: string, ...args: string[]): Promise<[forked: Forked, first: T]> {
    const child = fork(path.join(import.meta.dirname, name), args, { execArgv: [] });
    const [first] = await once(child, 'message');
    return [new Forked(child), first];
  }

  /** Resolves with the answer; one message is answered after the other. */
  ask<T>(message: object): Promise<T> {
    const answer = this.#last.then(async () => {
      const answered = once(this.#child, 'message');
      this.#child.send(message);
      return (await answered)[0];
    });
    this.#last = answer;
    return answer;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
