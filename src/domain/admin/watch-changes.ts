import { createHash } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import { dayAt } from '../kernel/day.ts';
import { CafeError } from '../kernel/errors.ts';
import type { Journal } from '../monitoring/journal.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/** What is not as it was, for all to see in the store: what somebody did, or what was bought. */
type StoredTopic = 'activity' | 'generations';

/** Known to the one process that does it: the warming of pages, and acts on pictures. */
const TOLD_TOPICS = ['warming', 'acts'] as const;
type ToldTopic = (typeof TOLD_TOPICS)[number];

export type ChangeTopic = StoredTopic | ToldTopic;

type Look = Readonly<Record<StoredTopic, string>>;

/** How often the store is looked at while anybody watches. */
const LOOK_MS = 5000;
/** What comes of this process itself is told no more often. */
const TELL_MS = 500;
/** How long one may watch until it has to be asked for again, and so to be let in again. */
const MAX_WATCHING_MS = 300_000;

interface Deps {
  store: ObjectStore;
  recordsPrefix: string;
  clock: Clock;
  journal: Journal;
}

/**
 * Tells that something has changed, whichever replica did it: the names of today's records, of today's
 * pictures that wait for approval and of today's acts are listed again and again, as one of them changes
 * with everything that happens. All who watch share the looks, which are three listings every few
 * seconds; nobody watching costs nothing.
 */
export class WatchChanges {
  readonly #deps: Deps;
  readonly #stop = Promise.withResolvers<void>();
  #stopped = false;
  #told = Promise.withResolvers<void>();
  /** How often each was told. */
  readonly #tellings: Record<ToldTopic, number> = { warming: 0, acts: 0 };
  /** To be told in a moment. */
  readonly #due = new Set<ToldTopic>();
  #isTelling = false;
  #last: { look: Promise<Look>; since: number } | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * What has changed since the look before, every few seconds, for a few minutes; nothing at first.
   * Ends early where the store does not answer, which is in the journal, when the service stops, and at
   * the first look after which the one who watches may no longer.
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
      const message = 'the admin cannot be told of changes';
      this.#deps.journal.record({ event: 'notice', message, details: { cause } });
    }
  }

  /** Tells all who watch here, within half a second, that something has got on. */
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
