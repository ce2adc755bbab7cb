/** Reasons why a billed response is unusable. */
const USELESS: ReadonlySet<string> = new Set([
  'damaged_picture',
  'damaged_png',
  'error_answer',
  'malformed_answer',
  'malformed_base64',
  'no_picture',
  'not_a_png',
  'oversized_answer',
  'oversized_png',
  'picture_not_downloaded',
]);
/** One may be a coincidence. Two in a row mean that the next ones would fail and cost the same. */
const TOO_MANY = 2;

/** Counts consecutive billed but unusable responses with the same reason. */
export class UselessAnswers {
  #reason: string | undefined;
  #inARow = 0;

  /** Whether this failed call reaches the limit. */
  failed(reason: string): boolean {
    this.#inARow = reason === this.#reason ? this.#inARow + 1 : 1;
    this.#reason = reason;
    return USELESS.has(reason) && this.#inARow >= TOO_MANY;
  }

  succeeded(): void {
    this.#reason = undefined;
  }
}
