/** What was checked, and how it came out; told as it goes. */
export class Findings {
  readonly #say: (line: string) => void;
  #passed = 0;
  #failed = 0;
  #unchecked = 0;

  /** @param say takes each line to tell */
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

  /** Says what could not be checked here, and why. */
  unchecked(what: string, why: string): void {
    this.#unchecked += 1;
    this.#say(`NOT CHECKED ${what}\n${indented(why)}`);
  }

  /** Runs a check; it fails by throwing. Whether it passed. */
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

  /** Tells the sum. */
  close(): void {
    this.#say(`\n${this.#passed} ok, ${this.#failed} failed, ${this.#unchecked} not checked`);
  }

  /** 0 where all is well, 1 where something is not, 3 where nothing is wrong but not all was checked. */
  get exitCode(): number {
    if (this.#failed > 0) return 1;
    return this.#unchecked > 0 ? 3 : 0;
  }
}

function indented(text: string): string {
  return text.replace(/^/gm, '            ');
}
