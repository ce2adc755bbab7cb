import { createHash } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import { dayAt } from '../kernel/day.ts';
import { CafeError } from '../kernel/errors.ts';
import type { Journal } from '../monitoring/journal.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/** Changes visible in the store: the owner's actions and generations. */
type StoredTopic = 'activity' | 'generations';

/**
 * Changes known only to the process that makes them: pre-generation of pages, and moderation acts.
 */
const TOLD_TOPICS = ['warming', 'acts'] as const;
type ToldTopic = (typeof TOLD_TOPICS)[number];

export type ChangeTopic = StoredTopic | ToldTopic;

type Look = Readonly<Record<StoredTopic, string>>;

/** How often the store is checked while a client watches. */
const LOOK_MS = 5000;
/** Minimum interval between reports of this process's own changes. */
const TELL_MS = 500;
/** How long a client may watch until it must reconnect, and so authenticate again. */
const MAX_WATCHING_MS = 300_000;

interface Deps {
  store: ObjectStore;
  recordsPrefix: string;
  clock: Clock;
  journal: Journal;
}

/**
 * Reports changes made by any replica. It lists today's records, pending images and audit entries
 * repeatedly, because every event adds, removes or renames one of these objects. All watchers share
 * the checks, which are three listings every few seconds. Without watchers it costs nothing.
 */
export class WatchChanges {
  readonly #deps: Deps;
  readonly #stop = Promise.withResolvers<void>();
  #stopped = false;
  #told = Promise.withResolvers<void>();
  /** How often each topic was reported. */
  readonly #tellings: Record<ToldTopic, number> = { warming: 0, acts: 0 };
  /** Topics to report at the next interval. */
  readonly #due = new Set<ToldTopic>();
  #isTelling = false;
  #last: { look: Promise<Look>; since: number } | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Yields the changes since the previous check, every few seconds, for a few minutes; nothing at
   * first. Ends early if the store does not respond (journaled), if the service stops, and at the
   * first check after the client's permission has ended.
   */
  async *watch(mayWatch: () => Promise<boolean>): AsyncGenerator<ChangeTopic[]> {
    const end = this.#deps.clock.monotonic() + MAX_WATCHING_MS;
    try {
      let before = await this.#look();
      let heard = { ...this.#tellings };
      yield [];
      while (!this.#stopped && this.#deps.clock.monotonic() < end) {
        let isTime = false;
        const pause = this.#deps.clock.sleep(LOOK_MS).then(() => {
          isTime = true;
        });
        while (!isTime && !this.#stopped) {
          const news = TOLD_TOPICS.filter((topic) => heard[topic] !== this.#tellings[topic]);
          if (news.length > 0) {
            heard = { ...this.#tellings };
            yield news;
          } else await Promise.race([pause, this.#told.promise, this.#stop.promise]);
        }
        if (this.#stopped) return;
        const [now, isAllowed] = await Promise.all([this.#look(), mayWatch()]);
        if (!isAllowed) return;
        yield topicsIn(before, now);
        before = now;
      }
    } catch (cause) {
      if (!(cause instanceof CafeError)) throw cause;
      const message = 'changes cannot be reported to the admin';
      this.#deps.journal.record({ event: 'notice', message, details: { cause } });
    }
  }

  /** Reports progress to all watchers of this process within half a second. */
  tellOf(topic: ToldTopic): void {
    this.#due.add(topic);
    if (this.#isTelling) return;
    this.#isTelling = true;
    void this.#deps.clock.sleep(TELL_MS).then(() => {
      this.#isTelling = false;
      for (const each of this.#due) this.#tellings[each] += 1;
      this.#due.clear();
      this.#told.resolve();
      this.#told = Promise.withResolvers<void>();
    });
  }

  /** Ends all watching. */
  close(): void {
    this.#stopped = true;
    this.#stop.resolve();
  }

  #look(): Promise<Look> {
    const now = this.#deps.clock.monotonic();
    if (!this.#last || now - this.#last.since >= LOOK_MS) {
      this.#last = { look: this.#lookNow(), since: now };
    }
    return this.#last.look;
  }

  async #lookNow(): Promise<Look> {
    const day = dayAt(this.#deps.clock.now());
    const [activity, ...generations] = await Promise.all(
      [`audit/${day}`, day, `pending/${day}`].map((name) =>
        this.#namesBelow(`${this.#deps.recordsPrefix}/${name}/`),
      ),
    );
    return { activity: String(activity), generations: generations.join() };
  }

  async #namesBelow(prefix: string): Promise<string> {
    const names = createHash('sha256').update(prefix);
    for await (const { key } of this.#deps.store.list(prefix)) names.update(`${key}\n`);
    return names.digest('hex');
  }
}

function topicsIn(before: Look, now: Look): ChangeTopic[] {
  const topics: StoredTopic[] = ['activity', 'generations'];
  return topics.filter((topic) => before[topic] !== now[topic]);
}
