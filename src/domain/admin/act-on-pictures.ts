import { BoundedMap } from '../bounded-map.ts';
import { CafeError, draining } from '../errors.ts';
import type { PoolPicture } from '../image-key.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { AuditedAction, AuditTrail } from './audit-trail.ts';
import {
  PictureAct,
  type PictureActEnd,
  type PictureActName,
  type PictureActProgress,
} from './picture-act.ts';
import { pictureIdOf } from './picture-id.ts';
import type { TakeDownPicture } from './take-down-picture.ts';

/** Pictures whose last act is remembered. */
const MOST_REMEMBERED = 100;

const AUDITED: Readonly<Record<PictureActName, AuditedAction>> = {
  approve: 'approve_picture',
  hide: 'hide_picture',
  restore: 'restore_picture',
  delete: 'delete_picture',
};

/** Why nothing was done: there is no such picture, or another act on it has begun meanwhile. */
export class PictureActRefused extends Error {
  override readonly name = 'PictureActRefused';
  readonly code: 'not_found' | 'conflict';

  constructor(code: 'not_found' | 'conflict') {
    super(code === 'conflict' ? 'Another act on the picture has begun.' : 'No such picture.');
    this.code = code;
  }
}

interface Running {
  act: PictureAct;
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
export class ActOnPictures {
  readonly #takeDownPicture: TakeDownPicture;
  readonly #auditTrail: AuditTrail;
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #tell: () => void;
  readonly #running = new Map<string, Running>();
  readonly #last = new BoundedMap<string, PictureAct>(MOST_REMEMBERED);
  #closed = false;

  /** @param deps.tell hears of every step of an act that goes on behind its answer */
  constructor(deps: {
    takeDownPicture: TakeDownPicture;
    auditTrail: AuditTrail;
    clock: Clock;
    journal: Journal;
    tell: () => void;
  }) {
    this.#takeDownPicture = deps.takeDownPicture;
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
   * @throws PictureActRefused; CafeError `storage_unavailable`, or `draining` once closed
   */
  async run(
    name: PictureActName,
    picture: PoolPicture,
    actor: string,
  ): Promise<PictureActProgress> {
    const id = pictureIdOf(picture);
    for (let other = this.#running.get(id); other; other = this.#running.get(id)) {
      if (other.act.progress().act === name) return answerOf(other);
      other.act.stop('replaced');
      await other.ended;
    }
    if (this.#closed) throw draining();
    return answerOf(this.#begin(name, picture, actor));
  }

  /** How the last act on a picture in this process stands; `undefined` where there was none lately. */
  progress(picture: PoolPicture): PictureActProgress | undefined {
    return this.#last.get(pictureIdOf(picture))?.progress();
  }

  /** Begins no more acts; resolves when those under way have ended. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  #begin(name: PictureActName, picture: PoolPicture, actor: string): Running {
    const id = pictureIdOf(picture);
    let isLong = false;
    const tell = () => isLong && this.#tell();
    const act = new PictureAct(name, this.#clock.now(), tell);
    void act.turnsLong.then(() => {
      isLong = true;
      this.#last.set(id, act);
    });
    const audited = { action: AUDITED[name], subject: id, actor };
    const work = this.#auditTrail
      .during(audited, async () => {
        if (!(await this.#takeDownPicture[name](picture, act))) {
          throw new PictureActRefused('not_found');
        }
        if (act.isStopped) throw new PictureActRefused('conflict');
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
  #report(action: PictureActName, subject: string, cause: unknown): void {
    const details = { action, subject, cause };
    this.#journal.record({ event: 'notice', message: 'an act of the admin failed', details });
  }
}

async function answerOf({ act, work }: Running): Promise<PictureActProgress> {
  await Promise.race([work, act.turnsLong]);
  return act.progress();
}

function reasonOf(error: unknown): PictureActEnd {
  if (error instanceof PictureActRefused) {
    return error.code === 'conflict' ? 'replaced' : 'not_found';
  }
  const isStores = error instanceof CafeError && error.code === 'storage_unavailable';
  return isStores ? 'storage_unavailable' : 'internal';
}
