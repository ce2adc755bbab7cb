import { randomUUID } from 'node:crypto';
import { isInCalendar } from '../images/image-id.ts';
import type { Clock } from '../kernel/clock.ts';
import { inBatches } from '../kernel/concurrency.ts';
import { type Day, dayAt } from '../kernel/day.ts';
import { spansBack } from '../kernel/day-spans.ts';
import { backendFailure } from '../kernel/errors.ts';
import { UUID } from '../kernel/uuid.ts';
import type { Journal } from '../monitoring/journal.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { putJson } from '../storage/stored-objects.ts';

/** All recorded actions. Keep retired ones: older records contain them. */
export const AUDITED_ACTIONS = [
  'approve_picture',
  'hide_picture',
  'restore_picture',
  'delete_picture',
  'pin_picture',
  'rebrew_page',
  'change_budget',
  'pause_generation',
  'resume_generation',
  'warm_pages',
  'stop_warming',
  'create_key',
  'revoke_key',
] as const;

export type AuditedAction = (typeof AUDITED_ACTIONS)[number];

/** An action of the owner. */
export interface AuditedAct {
  action: AuditedAction;
  /** What it applies to: an image's id, a page, an account, or empty. */
  subject: string;
  /** The token, or a session by the start of its id. */
  actor: string;
  details?: Readonly<Record<string, unknown>>;
}

export interface AuditEntry extends AuditedAct {
  id: string;
  /** ISO 8601, UTC. */
  at: string;
  /** `begun` for an action in progress, or one whose result is unknown. */
  outcome: 'begun' | 'done' | 'failed';
}

export interface AuditPage {
  items: AuditEntry[];
  /** The position after which to continue; absent at the end. */
  next: string | undefined;
}

const DAYS_LISTED = { first: 32, most: 512 };
const AT_ONCE = 16;
const KEY = new RegExp(`^(\\d{4}/\\d{2}/\\d{2})/(\\d{13}-${UUID})\\.(begun|done|failed)\\.json$`);

interface Deps {
  store: ObjectStore;
  recordsPrefix: string;
  clock: Clock;
  journal: Journal;
}

/**
 * Records who did what, and the result. An action is recorded before it starts, and a second object
 * records its result. No object is ever changed:
 * `{records}/audit/{YYYY}/{MM}/{DD}/{milliseconds}-{uuid}.{begun|done|failed}.json`.
 */
export class AuditTrail {
  readonly #deps: Deps;
  readonly #prefix: string;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#prefix = `${deps.recordsPrefix}/audit/`;
  }

  /**
   * Runs an action after recording its start.
   *
   * @throws CafeError `storage_unavailable`, without running the action, if the start cannot be
   *   recorded; and any error of `work`
   */
  async during<T>(act: AuditedAct, work: () => Promise<T>): Promise<T> {
    const now = this.#deps.clock.now();
    const name = `${dayAt(now)}/${String(now).padStart(13, '0')}-${randomUUID()}`;
    const key = `${this.#prefix}${name}.begun.json`;
    await putJson(this.#deps.store, key, { at: new Date(now).toISOString(), ...act });
    try {
      const result = await work();
      await this.#end(name, 'done', {});
      return result;
    } catch (error) {
      this.#tell(act, error);
      await this.#end(name, 'failed', { code: codeOf(error) });
      throw error;
    }
  }

  /**
   * The recorded actions, newest first.
   *
   * @throws CafeError `storage_unavailable`
   */
  async read({ limit, before }: { limit: number; before: string | undefined }): Promise<AuditPage> {
    const oldest = await this.#oldestDay();
    const found: { name: string; outcome: AuditEntry['outcome'] }[] = [];
    const newest = before ? dayOf(before) : dayAt(this.#deps.clock.now() + 3_600_000);
    for (const { from, to } of spansBack(newest, DAYS_LISTED)) {
      if (!oldest || to < oldest || found.length > limit) break;
      const acts = [...(await this.#list(from, to))].toSorted(([a], [b]) => (a < b ? 1 : -1));
      for (const [name, outcome] of acts) {
        if (before === undefined || name < before) found.push({ name, outcome });
      }
    }
    const some = found.slice(0, limit);
    const entries = await inBatches(some, AT_ONCE, (each) => this.#open(each));
    const items = entries.filter((entry) => entry !== undefined);
    return { items, next: found.length > limit ? some.at(-1)?.name : undefined };
  }

  /** Whether text is a valid position to continue {@link read} from. */
  isPlace(text: string): boolean {
    const [, day] = KEY.exec(`${text}.begun.json`) ?? [];
    return day !== undefined && isInCalendar(day as Day);
  }

  async #list(from: Day, to: Day): Promise<Map<string, AuditEntry['outcome']>> {
    const acts = new Map<string, AuditEntry['outcome']>();
    for await (const { key } of this.#deps.store.list(this.#prefix, {
      after: this.#prefix + from,
    })) {
      const [, day, name, outcome] = KEY.exec(key.slice(this.#prefix.length)) ?? [];
      if (!day || !name) continue;
      if (day > to) break;
      const act = `${day}/${name}`;
      if (outcome !== 'begun') acts.set(act, outcome as 'done' | 'failed');
      else if (!acts.has(act)) acts.set(act, 'begun');
    }
    return acts;
  }

  async #oldestDay(): Promise<Day | undefined> {
    for await (const { key } of this.#deps.store.list(this.#prefix)) {
      const [, day] = KEY.exec(key.slice(this.#prefix.length)) ?? [];
      if (day) return day as Day;
    }
    return undefined;
  }

  async #open({
    name,
    outcome,
  }: {
    name: string;
    outcome: AuditEntry['outcome'];
  }): Promise<AuditEntry | undefined> {
    const object = await this.#deps.store.get(`${this.#prefix}${name}.begun.json`);
    if (!object) return undefined;
    try {
      const act = JSON.parse(Buffer.from(object.bytes).toString()) as Omit<AuditEntry, 'id'>;
      return { ...act, id: name, outcome };
    } catch (cause) {
      const details = { name, cause };
      this.#deps.journal.record({
        event: 'notice',
        message: 'an audit record is malformed',
        details,
      });
      return undefined;
    }
  }

  /** The caller only gets a code. The log gets the cause of a failure of the store or the database. */
  #tell({ action, subject }: AuditedAct, error: unknown): void {
    if (!backendFailure(error)) return;
    const details = { action, subject, cause: (error as Error).cause };
    this.#deps.journal.record({ event: 'notice', message: 'an admin action failed', details });
  }

  async #end(name: string, outcome: 'done' | 'failed', content: object): Promise<void> {
    try {
      await putJson(this.#deps.store, `${this.#prefix}${name}.${outcome}.json`, content);
    } catch (cause) {
      // The action itself has ended, and its start is recorded.
      const message = 'the result of an admin action could not be recorded';
      this.#deps.journal.record({ event: 'notice', message, details: { name, outcome, cause } });
    }
  }
}

function dayOf(name: string): Day {
  return name.slice(0, 'YYYY/MM/DD'.length) as Day;
}

/** Expected errors have a code. */
function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : 'internal';
}
