import type { Notice } from '../../../domain/kernel/notice.ts';
import { lacksOf, type S3Abilities, type S3AbilityTrial } from './abilities.ts';

/** A trial is believed for so long: providers and proxies change. */
const BELIEVED_MS = 3_600_000;

/** What the store can do, as the last trial found it. */
export class S3KnownAbilities {
  readonly #trial: Pick<S3AbilityTrial, 'run'>;
  readonly #bucket: string;
  readonly #notice: Notice;
  #first: Promise<S3Abilities> | undefined;
  #again: Promise<void> | undefined;
  #known: S3Abilities | undefined;
  #triedAt = 0;
  #hasReported = false;

  /** @param deps.notice hears what the store lacks, and of every change of that */
  constructor(deps: { trial: Pick<S3AbilityTrial, 'run'>; bucket: string; notice: Notice }) {
    this.#trial = deps.trial;
    this.#bucket = deps.bucket;
    this.#notice = deps.notice;
  }

  /**
   * What the store can do. All who ask wait for the first trial, and for no other.
   *
   * @throws CafeError `storage_unavailable` where the first trial fails; the next caller begins another
   */
  abilities(): Promise<S3Abilities> {
    if (this.#known) return Promise.resolve(this.#known);
    this.#first ??= this.#try().catch((error: unknown) => {
      this.#first = undefined;
      this.#report(error);
      throw error;
    });
    return this.#first;
  }

  /** What is known by now. */
  get known(): S3Abilities | undefined {
    return this.#known;
  }

  /**
   * Tries again what was found an hour ago or earlier, for which nobody waits. Called before each
   * purchase, so that a store that no longer heeds conditions is noticed, and an idle service makes no call.
   */
  refresh(): void {
    const ageMs = Math.abs(Date.now() - this.#triedAt);
    if (!this.#known || ageMs < BELIEVED_MS) return;
    this.#again ??= this.#try()
      .then(
        () => undefined,
        // The store is away, as the purchase finds out itself. The next one tries again.
        () => undefined,
      )
      .finally(() => {
        this.#again = undefined;
      });
  }

  /** Resolves when no trial is under way that nobody waits for. */
  async ended(): Promise<void> {
    await this.#again;
  }

  async #try(): Promise<S3Abilities> {
    const found = await this.#trial.run();
    const before = this.#known;
    this.#known = found;
    this.#triedAt = Date.now();
    this.#hasReported = false;
    this.#tell(found, before);
    return found;
  }

  /** Once until a trial succeeds: every new page fails with it meanwhile. */
  #report(error: unknown): void {
    if (this.#hasReported) return;
    this.#hasReported = true;
    this.#notice(
      'The store could not be tested, so no new page gets a picture until it can: run the doctor',
      { bucket: this.#bucket, error: String((error as Error).cause ?? error) },
    );
  }

  #tell(found: S3Abilities, before: S3Abilities | undefined): void {
    const lacks = lacksOf(found);
    if (lacks.join() === (before ? lacksOf(before).join() : '')) return;
    const message = before ? changeOf(found, before) : lackOf(found);
    this.#notice(message, { bucket: this.#bucket, lacks });
  }
}

function lackOf(can: S3Abilities): string {
  return heedsPuts(can)
    ? 'The store lacks conditional copies: fallbacks are read and put instead'
    : "The store lacks conditional puts: replicas may make a page's picture twice";
}

function changeOf(can: S3Abilities, before: S3Abilities): string {
  if (heedsPuts(can)) {
    return heedsPuts(before)
      ? 'The store has changed what it can do with copies'
      : 'The store heeds conditional puts again';
  }
  return "The store no longer heeds conditional puts: replicas may make a page's picture twice. Run one replica until the store, or the proxy before it, is mended; the doctor tests it";
}

function heedsPuts({ putsIfAbsent, formIfMatch }: S3Abilities): boolean {
  return putsIfAbsent && formIfMatch !== undefined;
}
