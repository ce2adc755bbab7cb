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
import { CafeError, draining } from '../kernel/errors.ts';
import type { Journal } from '../monitoring/journal.ts';
import type { PoolImage } from '../storage/image-keys.ts';
import type { AuditedAction, AuditTrail } from './audit-trail.ts';

/** Pictures whose last act is remembered. */
const MAX_REMEMBERED = 100;

const AUDITED: Readonly<Record<ModerationName, AuditedAction>> = {
  approve: 'approve_picture',
  hide: 'hide_picture',
  restore: 'restore_picture',
  delete: 'delete_picture',
};

/** Why nothing was done: there is no such picture, or another act on it has begun meanwhile. */
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
  /** Fails with what the act fails with. */
  work: Promise<void>;
  /** Never fails. */
  ended: Promise<void>;
}

/**
 * Does what the owner wants done to pictures, one act at a time for each picture in a process. An act
 * on few pages is over when it is answered. One on many goes on behind the answer, and to its end, also
 * while the service stops. What a crash leaves undone is done by asking again.
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

  /** @param deps.tell hears of every step of an act that goes on behind its answer */
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
   * How the act stands when it has ended, or once it turns out to be about many pages: then what comes
   * first is done, and the pages follow. The same act on the same picture is joined; another one that is
   * under way is stopped first.
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

  /** How the last act on a picture in this process stands; `undefined` where there was none lately. */
  progress(picture: PoolImage): ModerationProgress | undefined {
    return this.#last.get(imageIdOf(picture))?.progress();
  }

  /** Begins no more acts; resolves when those under way have ended. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  #begin(name: ModerationName, picture: PoolImage, actor: string): Running {
    const id = imageIdOf(picture);
    let isLong = false;
    const tell = () => isLong && this.#tell();
    const act = new ModerationAct(name, this.#clock.now(), tell);
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

  /** Nobody waits for it any more who would report it. */
  #report(action: ModerationName, subject: string, cause: unknown): void {
    const details = { action, subject, cause };
    this.#journal.record({ event: 'notice', message: 'an act of the admin failed', details });
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
  const isStores = error instanceof CafeError && error.code === 'storage_unavailable';
  return isStores ? 'storage_unavailable' : 'internal';
}
