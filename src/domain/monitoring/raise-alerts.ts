import type { TodaysBudget, TodaysUsage } from '../budget/todays-budget.ts';
import { BackgroundTasks } from '../kernel/background-tasks.ts';
import type { Clock } from '../kernel/clock.ts';
import { DAY_MS } from '../kernel/day.ts';
import type { Alert, AlertKind, Alerts } from './alerts.ts';
import type { CafeEvent, Journal } from './journal.ts';
import { UselessAnswers } from './useless-answers.ts';

/** Why a generator turns calls down until somebody does something about it. */
const REFUSALS: Readonly<Record<string, string>> = {
  credentials_refused: 'The image generator refuses the key.',
  access_refused:
    'The image generator refuses access with this key. Its project, its permissions or an organization ' +
    'that is not verified may be the reason; `npm run cafe -- doctor` explains.',
  model_unavailable: 'None of the configured image models can be had any more.',
  quota_exhausted: 'The account at the image generator has no credit left, or has met its limit.',
};

/** Days before a model's end on which the owner hears of it. */
const WARNINGS_DAYS = [7, 1];
/** What did not get through waits so long for the next occasion: whoever takes alerts may be down for hours. */
const AGAIN_MS = DAY_MS / 24;

/** A model that makes images, as far as an alert is about it. */
interface WatchedModel {
  name: string;
  /** The UTC day from which it is gone, as `YYYY-MM-DD`; `undefined` if none is announced. */
  endsOn: string | undefined;
  /** `refused` if its server no longer accepts it. */
  state: string;
}

/**
 * Listens to what happens and tells the owner what needs them, of each kind once a UTC day at most, for
 * each process. Never keeps anybody waiting: what it finds out and sends goes on by itself.
 */
export class RaiseAlerts implements Journal {
  readonly #alerts: Alerts;
  readonly #budget: Pick<TodaysBudget, 'read'>;
  readonly #models: () => readonly WatchedModel[];
  readonly #clock: Clock;
  readonly #journal: Journal;
  /** By kind and what it is about, in milliseconds since the Unix epoch. */
  readonly #quietUntil = new Map<string, number>();
  readonly #sending = new BackgroundTasks();
  readonly #useless = new UselessAnswers();

  constructor(deps: {
    alerts: Alerts;
    budget: Pick<TodaysBudget, 'read'>;
    /** The generator's, as they are now. */
    models: () => readonly WatchedModel[];
    clock: Clock;
    journal: Journal;
  }) {
    this.#alerts = deps.alerts;
    this.#budget = deps.budget;
    this.#models = deps.models;
    this.#clock = deps.clock;
    this.#journal = deps.journal;
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
        const use = await this.#budget.read();
        // Readers who wait for more of it to open have met no limit.
        const isOver = use.left === 0 || (shortage === 'budget' && !use.isOpening);
        return isOver ? overBudget(use, this.#now) : undefined;
      });
    }
  }

  /** Looks at what comes with time and not by an event; worth a call every hour or so. */
  checkCalendar(): void {
    const models = this.#models();
    for (const { name, endsOn } of models) {
      const daysLeft =
        endsOn === undefined ? Number.NaN : (Date.parse(endsOn) - this.#now) / DAY_MS;
      // Of a model that has ended, the log and the admin tell; another paints, or an alert says so.
      if (!(daysLeft > 0)) continue;
      const warning = WARNINGS_DAYS.findLast((days) => daysLeft <= days);
      if (endsOn === undefined || warning === undefined) continue;
      const alert = retiring(name, endsOn, Math.ceil(daysLeft), followerOf(endsOn, models));
      const once = { about: `${name} ${endsOn} ${warning}`, until: Number.POSITIVE_INFINITY };
      this.#raise('model_retiring', () => alert, once);
    }
  }

  /** Begins no more tries; resolves when none is under way. */
  close(): Promise<void> {
    this.#alerts.close();
    return this.#sending.ended();
  }

  get #now(): number {
    return this.#clock.now();
  }

  #isMorning(): boolean {
    return this.#now % DAY_MS < DAY_MS / 2;
  }

  /**
   * @param make the alert; `undefined` where there turns out to be no need for one
   * @param once what it is about, and until when that is told; the kind, and the end of the day
   */
  #raise(
    kind: AlertKind,
    make: () => Alert | undefined | Promise<Alert | undefined>,
    once: { about: string; until: number } = { about: kind, until: endOfDay(this.#now) },
  ): void {
    if (this.#now < (this.#quietUntil.get(once.about) ?? 0)) return;
    // At once, so that what happens meanwhile raises none beside it.
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
      await this.#alerts.send(alert);
      this.#journal.record({ event: 'alert_sent', alert: kind });
    } catch (cause) {
      this.#quietUntil.set(about, this.#now + AGAIN_MS);
      this.#journal.record({ event: 'alert_failed', alert: kind, cause });
    }
  }
}

function endOfDay(now: number): number {
  return now - (now % DAY_MS) + DAY_MS;
}

/** A page that got none of its own, because of the budget, or nothing at all, for whatever reason. */
function shortageIn(event: CafeEvent): 'budget' | 'pictures' | undefined {
  if (event.event === 'fallback_chosen' && event.reason === 'budget_exhausted') return 'budget';
  const isEmpty = event.event === 'page_failed' && event.code === 'no_image_available';
  return isEmpty ? 'pictures' : undefined;
}

/** Who pauses it all, or has no budget, knows. */
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
    text: `${what} Nothing is painted until that is mended.`,
    details: { model, reason },
  };
}

function paidForNothing(model: string, reason: string): Alert {
  return {
    kind: 'generator_useless',
    text:
      `The image generator answered twice in a row with nothing usable (${reason}). Each answer may have ` +
      'been billed, so it is paused and tried again at growing intervals. Look at OPENAI_BASE_URL and the ' +
      'log, or pause generation in the admin.',
    details: { model, reason },
  };
}

/** The model that paints once one has ended. */
function followerOf(endsOn: string, models: readonly WatchedModel[]): string | undefined {
  const lasts = (end: string | undefined) => end === undefined || end > endsOn;
  return models.find((other) => other.state !== 'refused' && lasts(other.endsOn))?.name;
}

function retiring(model: string, shutdown: string, days: number, follower?: string): Alert {
  const when = days === 1 ? 'in one day' : `in ${days} days`;
  const then = follower
    ? `${follower} follows it by itself, at its own price.`
    : 'No model follows it: choose another with OPENAI_IMAGE_MODEL, or there will be no new images.';
  return {
    kind: 'model_retiring',
    text: `The image model ${model} is announced to end on ${shutdown}, ${when}. ${then}`,
    details: { model, shutdown, days, ...(follower ? { follower } : {}) },
  };
}
