/** What `GET /events` tells of. */
export type Topic = 'activity' | 'generations' | 'warming';

/** `blocked`: the cafe answers, and no event stream comes through. */
export type Connection = 'connecting' | 'online' | 'offline' | 'blocked';

const TOPICS: readonly Topic[] = ['activity', 'generations', 'warming'];
/** Where a stream was refused, browsers do not ask again by themselves. */
const RETRY_MS = { least: 2000, most: 30_000 };
/** A stream begins at once. One that does not is held back on its way, by a proxy that buffers. */
const OPENING_MS = 10_000;
/** A page that nobody looks at lets the stream go, as each costs the store its listings. */
const HIDDEN_MS = 60_000;

/**
 * Tells that something is new, whoever did it. It fires an event named after each {@link Topic}; all
 * of them after a time without a connection, as nobody knows what was missed.
 *
 * @fires state - the connection came or went
 * @fires refused - the stream was not let in: perhaps the session is over
 */
export class Changes extends EventTarget {
  #source: EventSource | undefined;
  #state: Connection = 'connecting';
  #wasOpen = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** Runs from when a stream ended until it is back, or is missed. */
  #missing: ReturnType<typeof setTimeout> | undefined;
  #retryMs = RETRY_MS.least;
  /** Runs until a stream opens or fails: one that is held back does neither. */
  #opening: ReturnType<typeof setTimeout> | undefined;
  #hidden: ReturnType<typeof setTimeout> | undefined;

  get state(): Connection {
    return this.#state;
  }

  start(): void {
    this.stop();
    this.#open();
    document.addEventListener('visibilitychange', this.#look);
    addEventListener('online', this.#reopen);
    addEventListener('offline', this.#lose);
  }

  stop(): void {
    this.#close();
    clearTimeout(this.#hidden);
    this.#wasOpen = false;
    document.removeEventListener('visibilitychange', this.#look);
    removeEventListener('online', this.#reopen);
    removeEventListener('offline', this.#lose);
    this.#become('connecting');
  }

  /** Listens to some topics; gives what ends it. */
  watch(topics: readonly Topic[], listener: () => void): () => void {
    for (const topic of topics) this.addEventListener(topic, listener);
    return () => {
      for (const topic of topics) this.removeEventListener(topic, listener);
    };
  }

  #open(): void {
    const source = new EventSource('/api/admin/events');
    this.#source = source;
    this.#opening = setTimeout(() => this.#become('blocked'), OPENING_MS);
    source.addEventListener('open', () => {
      this.#retryMs = RETRY_MS.least;
      this.#found();
      this.#become('online');
      if (this.#wasOpen) this.#tell(TOPICS);
      this.#wasOpen = true;
    });
    source.addEventListener('change', ({ data }: MessageEvent<string>) => {
      this.#tell((JSON.parse(data) as { topics: Topic[] }).topics);
    });
    source.addEventListener('error', () => {
      clearTimeout(this.#opening);
      if (source.readyState !== EventSource.CLOSED) return this.#interrupted();
      this.#lose();
      this.dispatchEvent(new Event('refused'));
      this.#retry = setTimeout(this.#reopen, this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS.most);
    });
  }

  /**
   * A stream that ended in time comes back in a moment; only where it does not, all is not well. The
   * browser tries again by itself, and what it tells of each failure does not begin the wait anew.
   */
  #interrupted(): void {
    this.#missing ??= setTimeout(() => this.#become('offline'), RETRY_MS.least * 2);
  }

  #found(): void {
    clearTimeout(this.#opening);
    clearTimeout(this.#missing);
    this.#missing = undefined;
  }

  #close(): void {
    clearTimeout(this.#retry);
    this.#found();
    this.#source?.close();
    this.#source = undefined;
  }

  #tell(topics: readonly Topic[]): void {
    for (const topic of topics) this.dispatchEvent(new Event(topic));
  }

  #become(state: Connection): void {
    if (state === this.#state) return;
    this.#state = state;
    this.dispatchEvent(new Event('state'));
  }

  #reopen = (): void => {
    this.#close();
    this.#open();
  };

  #lose = (): void => {
    this.#close();
    this.#become('offline');
  };

  #look = (): void => {
    clearTimeout(this.#hidden);
    if (document.hidden) this.#hidden = setTimeout(() => this.#close(), HIDDEN_MS);
    else if (!this.#source) this.#reopen();
  };
}
