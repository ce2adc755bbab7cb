/** Results of checks, printed as they come. */
export class Findings {
  readonly #say: (line: string) => void;
  #passed = 0;
  #failed = 0;
  #unchecked = 0;

  /** @param say prints a line */
  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  passed(what: string): void {
    this.#passed += 1;
    this.#say(`ok          ${what}`);
  }

  failed(what: string, why: string): void {
    this.#failed += 1;
    this.#say(`FAILED      ${what}\n${indented(why)}`);
  }

  /** Reports what could not be checked, and why. */
  unchecked(what: string, why: string): void {
    this.#unchecked += 1;
    this.#say(`NOT CHECKED ${what}\n${indented(why)}`);
  }

  /** Runs a check, which fails by throwing. Returns whether it passed. */
  async check(what: string, proof: () => unknown): Promise<boolean> {
    try {
      await proof();
    } catch (error) {
      this.failed(what, error instanceof Error ? error.message : String(error));
      return false;
    }
    this.passed(what);
    return true;
  }

  /** Prints the totals. */
  close(): void {
    this.#say(`\n${this.#passed} ok, ${this.#failed} failed, ${this.#unchecked} not checked`);
  }

  /** 0 if all is well, 1 if something is wrong, 3 if not everything was checked. */
  get exitCode(): number {
    if (this.#failed > 0) return 1;
    return this.#unchecked > 0 ? 3 : 0;
  }
}

function indented(text: string): string {
  return text.replace(/^/gm, '            ');
}
