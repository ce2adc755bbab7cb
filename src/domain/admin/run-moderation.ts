import type { ModerateImage } from '../cafe/moderation/moderate-image.ts';
import {
  ModerationAct,
  type ModerationEnd,
  type ModerationName,
  type ModerationProgress,
} from '../cafe/moderation/moderation-act.ts';
import { imageIdOf } from '../images/image-id.ts';
import { BoundedMap } from '../kernel/bounded-map.ts';
import type { Clock } from '../kernel/clock.ts';
import { backendFailure, draining } from '../kernel/errors.ts';
import type { Journal } from '../monitoring/journal.ts';
import type { PoolImage } from '../storage/image-keys.ts';
import type { AuditedAction, AuditTrail } from './audit-trail.ts';

/** Number of images whose last act is remembered. */
const MAX_REMEMBERED = 100;

const AUDITED: Readonly<Record<ModerationName, AuditedAction>> = {
  approve: 'approve_picture',
  hide: 'hide_picture',
  restore: 'restore_picture',
  delete: 'delete_picture',
};

/** Why nothing was done: the image does not exist, or another act on it has begun meanwhile. */
export class ModerationRefused extends Error {
  override readonly name = 'ModerationRefused';
  readonly code: 'not_found' | 'conflict';

  constructor(code: 'not_found' | 'conflict') {
    super(code === 'conflict' ? 'Another act on the picture has begun.' : 'No such picture.');
    this.code = code;
  }
}

interface Running {
  act: ModerationAct;
  /** Rejects with the act's error. */
  work: Promise<void>;
  /** Never rejects. */
  ended: Promise<void>;
}

/**
 * Runs the owner's moderation acts, one at a time per image and process. An act on few pages ends
 * before its response. An act on many pages continues in the background to its end, also during
 * shutdown. If a crash interrupts it, repeat the act to complete it.
 */
export class RunModeration {
  readonly #moderateImage: ModerateImage;
  readonly #auditTrail: AuditTrail;
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #tell: () => void;
  readonly #running = new Map<string, Running>();
  readonly #last = new BoundedMap<string, ModerationAct>(MAX_REMEMBERED);
  #closed = false;

  /** @param deps.tell called after every step of a background act */
  constructor(deps: {
    moderateImage: ModerateImage;
    auditTrail: AuditTrail;
    clock: Clock;
    journal: Journal;
    tell: () => void;
  }) {
    this.#moderateImage = deps.moderateImage;
    this.#auditTrail = deps.auditTrail;
    this.#clock = deps.clock;
    this.#journal = deps.journal;
    this.#tell = deps.tell;
  }

  /**
   * Resolves with the act's progress at its end. If the image is on many pages, resolves earlier:
   * the image itself is then done, and the pages follow. If the same act on the image is running,
   * waits for that one. A different running act is stopped first.
   *
   * @throws ModerationRefused; CafeError `storage_unavailable`, or `draining` once closed
   */
  async run(name: ModerationName, picture: PoolImage, actor: string): Promise<ModerationProgress> {
    const id = imageIdOf(picture);
    for (let other = this.#running.get(id); other; other = this.#running.get(id)) {
      if (other.act.progress().act === name) return answerOf(other);
      other.act.stop('replaced');
      await other.ended;
    }
    if (this.#closed) throw draining();
    return answerOf(this.#begin(name, picture, actor));
  }

  /**
   * The progress of the last act on an image in this process; `undefined` if there was none
   * recently.
   */
  progress(picture: PoolImage): ModerationProgress | undefined {
    return this.#last.get(imageIdOf(picture))?.progress();
  }

  /** Accepts no further acts; resolves when the running ones have ended. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  #begin(name: ModerationName, picture: PoolImage, actor: string): Running {
    const id = imageIdOf(picture);
    let isLong = false;
    const tell = () => isLong && this.#tell();
    const act = new ModerationAct(name, this.#clock.now(), tell);
    this.#last.delete(id);
    void act.turnsLong.then(() => {
      isLong = true;
      this.#last.set(id, act);
    });
    const audited = { action: AUDITED[name], subject: id, actor };
    const work = this.#auditTrail
      .during(audited, async () => {
        if (!(await this.#moderateImage[name](picture, act))) {
          throw new ModerationRefused('not_found');
        }
        if (act.isStopped) throw new ModerationRefused('conflict');
      })
      .catch((error: unknown) => {
        act.stop(reasonOf(error));
        if (isLong && reasonOf(error) === 'internal') this.#report(name, id, error);
        throw error;
      })
      .finally(() => {
        this.#running.delete(id);
        act.end(this.#clock.now());
      });
    const ended = work.catch(() => undefined);
    const running = { act, work, ended };
    this.#running.set(id, running);
    return running;
  }

  /** Logs the error of a background act, because no request waits for it. */
  #report(action: ModerationName, subject: string, cause: unknown): void {
    const details = { action, subject, cause };
    this.#journal.record({ event: 'notice', message: 'an admin action failed', details });
  }
}

async function answerOf({ act, work }: Running): Promise<ModerationProgress> {
  await Promise.race([work, act.turnsLong]);
  return act.progress();
}

function reasonOf(error: unknown): ModerationEnd {
  if (error instanceof ModerationRefused) {
    return error.code === 'conflict' ? 'replaced' : 'not_found';
  }
  return backendFailure(error) ?? 'internal';
}
