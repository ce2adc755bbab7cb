/** Topics of `GET /events`. */
export type Topic = 'activity' | 'generations' | 'warming' | 'acts';

/** `blocked`: the service responds, but a proxy holds back the event stream. */
export type Connection = 'connecting' | 'online' | 'offline' | 'blocked';

const TOPICS: readonly Topic[] = ['activity', 'generations', 'warming', 'acts'];
/** Browsers do not retry by themselves after an error response. */
const RETRY_MS = { min: 2000, max: 30_000 };
/** A stream starts at once. If not, a proxy buffers it. */
const OPENING_MS = 10_000;
/** A hidden page closes the stream, because each stream makes the service list objects in the store. */
const HIDDEN_MS = 60_000;

/**
 * Fires an event named after a {@link Topic} whenever it has changed. After a lost connection, it fires all
 * topics, because changes may have been missed.
 *
 * @fires state - the state of the connection has changed
 * @fires refused - the stream was rejected: the session may be over
 */
export class Changes extends EventTarget {
  #source: EventSource | undefined;
  #state: Connection = 'connecting';
  #wasOpen = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** Runs from the end of a stream until it is back or counts as lost. */
  #missing: ReturnType<typeof setTimeout> | undefined;
  #retryMs = RETRY_MS.min;
  /** Runs until a stream opens or fails. A buffered stream does neither. */
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

  /** Listens to topics. Returns a function that stops listening. */
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
      this.#retryMs = RETRY_MS.min;
      this.#found();
      this.#become('online');
      if (this.#wasOpen) this.#fire(TOPICS);
      this.#wasOpen = true;
    });
    source.addEventListener('change', ({ data }: MessageEvent<string>) => {
      this.#fire((JSON.parse(data) as { topics: Topic[] }).topics);
    });
    source.addEventListener('error', () => {
      clearTimeout(this.#opening);
      if (source.readyState !== EventSource.CLOSED) return this.#interrupted();
      this.#lose();
      this.dispatchEvent(new Event('refused'));
      this.#retry = setTimeout(this.#reopen, this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS.max);
    });
  }

  /**
   * A stream ends regularly and comes back in a moment. It only counts as offline if it does not. The browser
   * retries by itself, and its further errors do not restart the wait.
   */
  #interrupted(): void {
    this.#missing ??= setTimeout(() => this.#become('offline'), RETRY_MS.min * 2);
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

  #fire(topics: readonly Topic[]): void {
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
