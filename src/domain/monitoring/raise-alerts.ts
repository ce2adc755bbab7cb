import type { TodaysBudget, TodaysUsage } from '../budget/todays-budget.ts';
import type { Clock } from '../kernel/clock.ts';
import { BackgroundTasks } from '../kernel/concurrency.ts';
import { DAY_MS } from '../kernel/day.ts';
import type { Alert, AlertKind, Alerts } from './alerts.ts';
import type { CafeEvent, Journal } from './journal.ts';
import { UselessAnswers } from './upstream-health.ts';

/** Reasons for which a generator rejects calls until the owner acts. */
const REFUSALS: Readonly<Record<string, string>> = {
  credentials_refused: 'The image generator refuses the key.',
  access_refused:
    'The image generator refuses access with this key. Its project, its permissions or an organization ' +
    'that is not verified may be the reason; `npm run cafe -- doctor` explains.',
  model_unavailable: 'None of the configured image models is available any more.',
  quota_exhausted: 'The account at the image generator has no credit left, or has met its limit.',
};

/** Days before a model's shutdown on which the owner is alerted. */
const WARNINGS_DAYS = [7, 1];
/**
 * How long an undelivered alert waits before it can be raised again: the receiver may be down for
 * hours.
 */
const AGAIN_MS = DAY_MS / 24;

/** The facts about an image model that alerts need. */
interface WatchedModel {
  name: string;
  /**
   * The UTC day from which the model is unavailable, as `YYYY-MM-DD`; `undefined` if none is
   * announced.
   */
  endsOn: string | undefined;
  /** `refused` if the provider no longer accepts the model. */
  state: string;
}

interface Deps {
  alerts: Alerts;
  budget: Pick<TodaysBudget, 'read'>;
  /** The generator's models and their current state. */
  models: () => readonly WatchedModel[];
  clock: Clock;
  journal: Journal;
}

/**
 * Alerts the owner about journal events that need action, at most once per kind, UTC day and
 * process. Never blocks the caller: reads and sends run in the background.
 */
export class RaiseAlerts implements Journal {
  readonly #deps: Deps;
  /**
   * When each alert may be raised again, by kind and subject, in milliseconds since the Unix epoch.
   */
  readonly #quietUntil = new Map<string, number>();
  readonly #sending = new BackgroundTasks();
  readonly #useless = new UselessAnswers();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  record(event: CafeEvent): void {
    if (event.event === 'generation_failed') {
      const what = REFUSALS[event.reason];
      if (what) this.#raise('generator_refused', () => refusal(event.model, event.reason, what));
      if (this.#useless.failed(event.reason)) {
        this.#raise('generator_useless', () => paidForNothing(event.model, event.reason));
      }
    }
    if (event.event === 'picture_generated') this.#useless.succeeded();
    const shortage = shortageIn(event);
    if (shortage && this.#isMorning()) {
      this.#raise('budget_spent_early', async () => {
        const use = await this.#deps.budget.read();
        // Readers who wait for the next part of the budget (hourly pacing) have not met the limit.
        const isOver = use.left === 0 || (shortage === 'budget' && !use.isOpening);
        return isOver ? overBudget(use, this.#now) : undefined;
      });
    }
  }

  /** Checks conditions that depend on time rather than events. Call it about once an hour. */
  checkCalendar(): void {
    const models = this.#deps.models();
    for (const { name, endsOn } of models) {
      const daysLeft =
        endsOn === undefined ? Number.NaN : (Date.parse(endsOn) - this.#now) / DAY_MS;
      // The log and the admin report a model that has ended. Another model replaces it, or another
      // alert is raised.
      if (!(daysLeft > 0)) continue;
      const warning = WARNINGS_DAYS.findLast((days) => daysLeft <= days);
      if (endsOn === undefined || warning === undefined) continue;
      const alert = retiring(name, endsOn, Math.ceil(daysLeft), followerOf(endsOn, models));
      const once = { about: `${name} ${endsOn} ${warning}`, until: Number.POSITIVE_INFINITY };
      this.#raise('model_retiring', () => alert, once);
    }
  }

  /** Starts no further tries; resolves when none is running. */
  close(): Promise<void> {
    this.#deps.alerts.close();
    return this.#sending.ended();
  }

  get #now(): number {
    return this.#deps.clock.now();
  }

  #isMorning(): boolean {
    return this.#now % DAY_MS < DAY_MS / 2;
  }

  /**
   * @param make builds the alert; `undefined` if it turns out to be unnecessary
   * @param once the subject, and until when it is not alerted again; default: the kind, and the end
   *   of the day
   */
  #raise(
    kind: AlertKind,
    make: () => Alert | undefined | Promise<Alert | undefined>,
    once: { about: string; until: number } = { about: kind, until: endOfDay(this.#now) },
  ): void {
    if (this.#now < (this.#quietUntil.get(once.about) ?? 0)) return;
    // Set before sending, so that concurrent events do not raise the alert again.
    this.#quietUntil.set(once.about, once.until);
    this.#sending.add(this.#send(kind, make, once.about));
  }

  async #send(
    kind: AlertKind,
    make: () => Alert | undefined | Promise<Alert | undefined>,
    about: string,
  ): Promise<void> {
    try {
      const alert = await make();
      if (!alert) {
        this.#quietUntil.delete(about);
        return;
      }
      await this.#deps.alerts.send(alert);
      this.#deps.journal.record({ event: 'alert_sent', alert: kind });
    } catch (cause) {
      this.#quietUntil.set(about, this.#now + AGAIN_MS);
      this.#deps.journal.record({ event: 'alert_failed', alert: kind, cause });
    }
  }
}

function endOfDay(now: number): number {
  return now - (now % DAY_MS) + DAY_MS;
}

/**
 * Which shortage an event reports: a page without its own image because of the budget, or without
 * any image for any reason.
 */
function shortageIn(event: CafeEvent): 'budget' | 'pictures' | undefined {
  if (event.event === 'fallback_chosen' && event.reason === 'budget_exhausted') return 'budget';
  const isEmpty = event.event === 'page_failed' && event.code === 'no_image_available';
  return isEmpty ? 'pictures' : undefined;
}

/** No alert if the owner paused generation or set no budget: they know. */
function overBudget(use: TodaysUsage, now: number): Alert | undefined {
  const { isPaused, limit, used, costMicroUsd } = use;
  if (isPaused || limit === 0) return undefined;
  const dollars = costMicroUsd / 1e6;
  const at = new Date(now).toISOString().slice(11, 16);
  return {
    kind: 'budget_spent_early',
    text:
      `The budget is spent at ${at} UTC: ${used} of ${limit} pictures, $${dollars.toFixed(2)} ` +
      'today. New pages get copies of other pictures until there is budget again.',
    details: { pictures: used, limit, dollars },
  };
}

function refusal(model: string, reason: string, what: string): Alert {
  return {
    kind: 'generator_refused',
    text: `${what} No images are generated until this is fixed.`,
    details: { model, reason },
  };
}

function paidForNothing(model: string, reason: string): Alert {
  return {
    kind: 'generator_useless',
    text:
      `The image generator answered twice in a row with nothing usable (${reason}). Each answer may have ` +
      'been billed, so it is paused and tried again at growing intervals. Check OPENAI_BASE_URL and the ' +
      'log, or pause generation in the admin.',
    details: { model, reason },
  };
}

/** The model that is used after one has ended. */
function followerOf(endsOn: string, models: readonly WatchedModel[]): string | undefined {
  const lasts = (end: string | undefined) => end === undefined || end > endsOn;
  return models.find((other) => other.state !== 'refused' && lasts(other.endsOn))?.name;
}

function retiring(model: string, shutdown: string, days: number, follower?: string): Alert {
  const when = days === 1 ? 'in one day' : `in ${days} days`;
  const then = follower
    ? `${follower} replaces it automatically, at its own price.`
    : 'No model replaces it: set OPENAI_IMAGE_MODEL to another one, or there will be no new pictures.';
  return {
    kind: 'model_retiring',
    text: `The image model ${model} will be shut down on ${shutdown}, ${when}. ${then}`,
    details: { model, shutdown, days, ...(follower ? { follower } : {}) },
  };
}
