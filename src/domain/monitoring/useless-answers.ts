/** Why an answer that was paid for is of no use. */
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
/** One may happen. Two of a kind mean that all the others will be the same, and cost as much. */
const TOO_MANY = 2;

/** Counts answers that were paid for and are of no use, one after the other for the same reason. */
export class UselessAnswers {
  #reason: string | undefined;
  #inARow = 0;

  /** Whether a call that failed is one too many in a row. */
  failed(reason: string): boolean {
    this.#inARow = reason === this.#reason ? this.#inARow + 1 : 1;
    this.#reason = reason;
    return USELESS.has(reason) && this.#inARow >= TOO_MANY;
  }

  succeeded(): void {
    this.#reason = undefined;
  }
}
