/** Responses of the API. `tests/admin/api-types.test.ts` compares these types with the routes' schemas. */

export interface Money {
  used: number;
  limit: number | null;
}

export type BudgetStop = 'paused' | 'pictures' | 'dollars_today' | 'dollars_month';

/** `GET /budget`, also returned by changes of the budget. Amounts are in US dollars. */
export interface Budget {
  day: string;
  paused: boolean;
  limit: number;
  configuredLimit: number;
  ceiling: number;
  /**
   * The variable from which the ceiling comes. The ceiling is ten times `DAILY_GENERATION_BUDGET` by default.
   */
  ceilingFrom: 'ADMIN_BUDGET_CEILING' | 'DAILY_GENERATION_BUDGET';
  /** The limit that the owner set for today, if the ceiling is lower than that now. */
  limitOverCeiling: number | null;
  /** Why no picture can be bought at the moment. */
  stoppedBy: BudgetStop | null;
  used: number;
  reserved: number;
  remaining: number;
  /** Hourly pacing: the pictures available so far, and when more follow; `null` without pacing. */
  opening: { pictures: number; nextAt: string | null } | null;
  resetsAt: string;
  dollars: { today: Money; month: Money; dearestPicture: number };
  history: { day: string; used: number; reserved: number; dollars: number }[];
}

export type PageType = 'index' | 'article' | 'archive';

/** An item of `GET /images`. */
export interface Image {
  id: string;
  day: string;
  country: string | null;
  /** `pending` until it is approved. */
  presence: 'visible' | 'pending' | 'hidden' | 'absent';
  state: 'reserved' | 'spent' | 'unknown' | 'refused' | 'unrecorded';
  url: string | null;
  renditions: string[];
  dollars: number | null;
  model: string | null;
  page: { type: PageType; path: string } | null;
  reservedAt: string | null;
  reason: string | null;
}

/** An item of `GET /pages`. */
export interface ShownPage {
  type: PageType;
  slug: string;
  path: string | null;
  country: string | null;
  url: string;
  image: string | null;
  source: 'own' | 'fallback' | 'pinned' | null;
  at: string | null;
  bytes: number;
  renditions: string[];
  blogUrl: string | null;
  thumbhash: string | null;
}

/** `GET /images/{id}`. */
export interface ImageDetail extends Image {
  prompt: string | null;
  settledAt: string | null;
  durationMs: number | null;
  tokens: { input: number; output: number } | null;
  shownOn: ShownPage[];
  shownOnMore: boolean;
  act: ImageAct | null;
}

/** The current or last act on a picture that many pages show. */
export interface ImageAct {
  id: string;
  act: 'approve' | 'hide' | 'restore' | 'delete';
  state: 'running' | 'done' | 'stopped' | 'failed';
  startedAt: string;
  endedAt: string | null;
  /** Number of pages. */
  total: number;
  done: number;
  pagesChanged: number;
  pagesBusy: number;
  reason: string | null;
}

/** Returned by hiding, restoring, approving and deleting a picture. */
export interface ImageChanged {
  id: string;
  pagesChanged: number;
  /** Pages whose picture is being generated. Repeat the act later for them. */
  pagesBusy: number;
}

/** `POST /pages/rebrew`. */
export interface Regenerated {
  /** `null` for a dry run. */
  url: string | null;
  atMostDollars: number;
  /** Pictures left in today's budget before the purchase. */
  remaining: number;
  paused: boolean;
  stoppedBy: BudgetStop | null;
}

/** The current or last pre-generation job. Pages count once per country. */
export interface PreGenerationJob {
  id: string;
  state: 'running' | 'done' | 'stopped' | 'failed';
  startedAt: string;
  endedAt: string | null;
  total: number;
  done: number;
  bought: number;
  /** Pages that already had a picture. */
  there: number;
  /** Pages that got a fallback, because the budget was used up. */
  fellBack: number;
  failed: number;
  /** Maximum number of pictures to buy. */
  most: number;
  spentMicroUsd: number;
  reason: string | null;
}

/** `GET /warming`. */
export interface PreGeneration {
  /** Whether a sitemap is configured. */
  sitemap: boolean;
  job: PreGenerationJob | null;
}

/** The estimated cost of a pre-generation job. */
export interface PreGenerationEstimate {
  total: number;
  most: number;
  costMicroUsdAtMost: number;
  remainingToday: number;
}

/** An item of `GET /activity`. */
export interface Act {
  id: string;
  at: string;
  action: string;
  subject: string;
  actor: string;
  outcome: 'begun' | 'done' | 'failed';
  details: Record<string, unknown>;
}

/** Part of a list; no cursor at the end. */
export interface Paged<T> {
  items: T[];
  nextCursor: string | null;
}

/** `GET /status`: the state of the replica that responds. */
export interface Status {
  uptimeSeconds: number;
  running: { page: { type: PageType; path: string }; country: string | null; startedAt: string }[];
  /** Generations in the queue. */
  waiting: number;
  /** Paid pictures that the store has not accepted yet. */
  unstored: number;
  upstreams: Upstream[];
  /** In order of use; empty for an image generator without models. */
  models: ImageModel[];
  /** What the store does not support, such as `PUT with If-None-Match`. */
  storeLacks: string[];
  /** Whether requests are rejected because of overload. */
  shedding: boolean;
  /** Whether there is an API with accounts and keys. */
  hasAccounts: boolean;
}

export interface ImageModel {
  name: string;
  /** `first` is the one in use. */
  state: 'first' | 'next' | 'ended' | 'refused';
  /** The announced shutdown date. */
  endsOn: string | null;
}

export interface Upstream {
  name: 'store' | 'database' | 'generator' | 'locator';
  /** Such as `s3`. */
  kind: string;
  /** `open`: paused after failures. */
  state: 'ok' | 'failing' | 'open' | 'unused';
  since: string | null;
  lastError: string | null;
  lastErrorAt: string | null;
}

export interface Setting {
  name: string;
  value: string | null;
  isSet: boolean;
  isSecret: boolean;
  about: string;
}

/** `GET /settings`. */
export interface Settings {
  groups: { title: string; settings: Setting[] }[];
  allowedOrigins: string[];
  snippet: { script: string; element: string; styles: string };
}
